//! `cargo xtask bench privacy`: a site full of planted numbers and look-alikes, and how many the gate finds.
//!
//! Everything is made here, by rules of its own: nothing of the detectors is known, so that both do not err
//! alike. Each document holds at most one plant and four look-alikes, so a finding is right or wrong by the
//! file it stands in.

mod files;
mod lookalike;
mod plant;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::random::Random;
use crate::shell;
use files::Format;
use plant::Plant;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Documents in the corpus; two of five hold a plant
    #[arg(long, default_value_t = 5000)]
    documents: usize,
    /// Folder for the corpus
    #[arg(long, default_value = "/dev/shm/gongkai-bench-privacy")]
    dir: PathBuf,
    /// Measure this gongkai instead of building one
    #[arg(long)]
    gongkai: Option<PathBuf>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// The limits that the project has set itself.
mod limit {
    pub(super) const RECALL: f64 = 0.995;
    pub(super) const PRECISION: f64 = 0.99;
}

/// Look-alikes in each document.
const LOOK_ALIKES: usize = 4;

#[derive(Default)]
struct Count {
    planted: usize,
    found: usize,
    wrong: usize,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<()> {
    let gongkai = match &arguments.gongkai {
        Some(program) => fs::canonicalize(program)?,
        None => shell::built_gongkai()?,
    };
    if arguments.dir.exists() {
        fs::remove_dir_all(&arguments.dir)?;
    }
    let planted = write(&arguments.dir, arguments.documents, arguments.seed)?;
    let found = findings(&gongkai, &arguments.dir)?;
    let good = compare(&planted, &found, &arguments.dir)?;
    if good { Ok(()) } else { Err(io::Error::other("the gate misses its measures")) }
}

/// Writes the corpus; gives each file with what was planted in it.
fn write(dir: &Path, documents: usize, seed: u64) -> io::Result<BTreeMap<String, Option<Plant>>> {
    let mut random = Random::seeded(seed);
    let assets = dir.join("content/_assets");
    fs::create_dir_all(&assets)?;
    fs::create_dir_all(dir.join("content/news"))?;
    fs::write(dir.join("portal.toml"), "[site]\nname = \"样本\"\nclean_images = false\n")?;
    fs::write(dir.join("content/news/_index.md"), "+++\ntitle = \"样本\"\n+++\n")?;
    let mut planted = BTreeMap::new();
    let mut names = Vec::new();
    for at in 0..documents {
        let format = files::FORMATS[at % files::FORMATS.len()];
        let plant = (at % 5 < 2).then(|| plant::plant(&mut random, at / 5, format));
        let others: Vec<String> = (0..LOOK_ALIKES).map(|_| lookalike::sentence(&mut random, format)).collect();
        let name = format!("d{at:05}.{}", format.extension());
        fs::write(assets.join(&name), files::write(format, plant.as_ref(), &others, &mut random))?;
        planted.insert(format!("content/_assets/{name}"), plant);
        names.push(format!("\"{name}\""));
    }
    let page = format!("+++\npublished_on = 2026-01-05\ntitle = \"附件\"\nattachments = [{}]\n+++\n", names.join(", "));
    fs::write(dir.join("content/news/all.md"), page)?;
    Ok(planted)
}

/// Kinds found in each file, and the previews.
fn findings(gongkai: &Path, dir: &Path) -> io::Result<BTreeMap<String, BTreeSet<(String, String)>>> {
    let output = Command::new(gongkai)
        .args(["check", "--format", "json", "--root"])
        .arg(dir)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    let said: Value = serde_json::from_slice(&output.stdout).map_err(io::Error::other)?;
    let mut found: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for item in said["diagnostics"].as_array().map_or(&[][..], Vec::as_slice) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let help = text(&item["help"]["en"]);
        let kind = help.split("kind = \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("other");
        let place = text(&item["place"]["path"]);
        found.entry(place).or_default().insert((kind.to_owned(), text(&item["message"]["en"])));
    }
    Ok(found)
}

fn compare(
    planted: &BTreeMap<String, Option<Plant>>,
    found: &BTreeMap<String, BTreeSet<(String, String)>>,
    dir: &Path,
) -> io::Result<bool> {
    let mut by_kind: BTreeMap<String, Count> = BTreeMap::new();
    let mut by_format: BTreeMap<String, Count> = BTreeMap::new();
    let mut missed = Vec::new();
    let mut wrong = Vec::new();
    let nothing = BTreeSet::new();
    for (path, plant) in planted {
        let here = found.get(path).unwrap_or(&nothing);
        let format = path.rsplit('.').next().unwrap_or_default().to_owned();
        if let Some(plant) = plant {
            let count = by_kind.entry(plant.kind.to_owned()).or_default();
            let own = by_format.entry(format.clone()).or_default();
            count.planted += 1;
            own.planted += 1;
            if here.iter().any(|(kind, _)| kind == plant.kind) {
                count.found += 1;
                own.found += 1;
            } else {
                missed.push(format!("missed {} ({}) in {path}: {:?}", plant.kind, plant.disguise, plant.text));
            }
        }
        for (kind, said) in here.iter().filter(|(kind, _)| plant.as_ref().is_none_or(|plant| plant.kind != kind)) {
            by_kind.entry(kind.clone()).or_default().wrong += 1;
            by_format.entry(format.clone()).or_default().wrong += 1;
            wrong.push(format!("wrong: {said}"));
        }
    }
    let strangers = found.keys().filter(|path| !planted.contains_key(*path));
    wrong.extend(strangers.map(|path| format!("wrong: a finding in {path}")));
    let mut good = wrong.len() <= planted.len();
    for (name, counts) in [("kind", &by_kind), ("format", &by_format)] {
        println!("{name:<10} {:>8} {:>8} {:>8} {:>8} {:>10}", "planted", "found", "wrong", "recall", "precision");
        for (key, count) in counts {
            let recall = share(count.found, count.planted);
            let precision = share(count.found, count.found + count.wrong);
            let (planted, found, wrong) = (count.planted, count.found, count.wrong);
            println!("{key:<10} {planted:>8} {found:>8} {wrong:>8} {recall:>8.4} {precision:>10.4}");
            good &= name == "format" || recall >= limit::RECALL && precision >= limit::PRECISION;
        }
    }
    let all = format!("{}\n{}\n", missed.join("\n"), wrong.join("\n"));
    fs::write(dir.join("mistakes.txt"), all)?;
    println!("{} missed, {} wrong: see mistakes.txt in the corpus", missed.len(), wrong.len());
    println!("{} documents, {} look-alikes", planted.len(), planted.len() * LOOK_ALIKES);
    Ok(good)
}

fn share(part: usize, whole: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "there are a few thousand")]
    let (part, whole) = (part as f64, whole as f64);
    if whole == 0.0 { 1.0 } else { part / whole }
}

/// Whether a format shows text as it stands, without markup.
fn is_plain(format: Format) -> bool {
    !matches!(format, Format::Html | Format::Feed)
}
