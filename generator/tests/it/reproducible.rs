//! The same input and the same day give the same bytes, wherever, whenever and after whatever history.

use std::fs;
use std::path::Path;

use jiff::civil::date;

use crate::corpus;
use crate::rebuild::build;
use crate::support::{self, Dice, Tree};

/// Environments that a build must not notice.
const PLACES: [&[(&str, &str)]; 3] = [
    &[("TZ", "America/Los_Angeles"), ("LANG", "en_US.UTF-8"), ("RAYON_NUM_THREADS", "1")],
    &[("TZ", "Asia/Shanghai"), ("LC_ALL", "zh_CN.GB18030"), ("RAYON_NUM_THREADS", "4")],
    &[("TZ", "Pacific/Kiritimati"), ("LC_ALL", "C"), ("LANG", "tr_TR.UTF-8"), ("HOME", "/nonexistent")],
];

#[test]
fn folder_locale_time_zone_and_order_of_creation_do_not_matter() {
    let mut files = corpus::files(60, 60);
    let mut built: Vec<Tree> = Vec::new();
    for (at, place) in PLACES.iter().enumerate() {
        let folder = support::scratch();
        let root = folder.path().join("deeper/".repeat(at)).join(format!("site-{at}"));
        match at {
            1 => files.reverse(),
            2 => shuffle(&mut files, &mut Dice::new(3)),
            _ => {}
        }
        corpus::write(&root, &files);
        let mut command = support::program();
        // One is run from inside, the others from elsewhere; the output lies inside, beside, and far off.
        let out = ["public", "../out", "../../other/out"][at];
        command.args(["build", "--out", out]).envs(place.iter().copied());
        if at == 0 {
            command.current_dir(&root)
        } else {
            command.arg("--root").arg(&root)
        };
        support::run(&mut command).expect(0);
        built.push(support::tree(&root.join(out)));
    }
    for other in &built[1..] {
        support::assert_none("two builds differ", &support::differences(&built[0], other));
    }
    support::assert_manifest(&built[0]);
}

fn shuffle<T>(items: &mut [T], dice: &mut Dice) {
    for at in (1..items.len()).rev() {
        items.swap(at, dice.roll(at + 1));
    }
}

/// The name and the dates of the files play no part either: a copy that was touched builds the same.
#[test]
fn file_times_do_not_matter() {
    let folder = support::scratch();
    let files = corpus::files(12, 5);
    corpus::write(folder.path(), &files);
    build(folder.path(), &folder.path().join("public"), None).expect("it builds");
    let first = support::tree(&folder.path().join("public"));
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    for (path, _) in &files {
        let file = fs::File::options().write(true).open(folder.path().join(path)).expect("it was written");
        file.set_modified(old).expect("times can be set");
    }
    fs::remove_dir_all(folder.path().join("public")).expect("it was built");
    build(folder.path(), &folder.path().join("public"), None).expect("it builds");
    support::assert_none(
        "two builds differ",
        &support::differences(&first, &support::tree(&folder.path().join("public"))),
    );
}

/// How many edits in a row; the issue asks for many, a test run for few seconds.
const EDITS: usize = 72;

#[test]
fn any_sequence_of_edits_ends_like_a_clean_build() {
    for seed in [11, 23] {
        sequence(seed);
    }
}

fn sequence(seed: u64) {
    let folder = support::scratch();
    let root = folder.path().join("site");
    corpus::write(&root, &corpus::files(18, 12));
    support::add_bare_theme(&root);
    let public = root.join("public");
    let mut dice = Dice::new(seed);
    let mut day = date(2025, 6, 30);
    let mut told = Vec::new();
    let (mut good, mut refused) = (0, 0);
    for step in 0..EDITS {
        let edit = edit(&root, step, &mut dice);
        if edit == "another day" {
            day = day.tomorrow().expect("the calendar goes on");
        }
        told.push(edit);
        let before = support::tree(&public);
        match build(&root, &public, Some(day)) {
            Ok(_) => good += 1,
            Err(_) => {
                refused += 1;
                support::assert_none(
                    "a refused build changed something",
                    &support::differences(&before, &support::tree(&public)),
                );
                mend(&root);
            }
        }
        if step % 12 == 11 || step == EDITS - 1 {
            build(&root, &public, Some(day)).unwrap_or_else(|errors| panic!("seed {seed}, step {step}\n{errors}"));
            let clean = folder.path().join("clean");
            build(&root, &clean, Some(day)).expect("the same site builds elsewhere");
            let lines = support::differences(&support::tree(&clean), &support::tree(&public));
            support::assert_none(&format!("seed {seed}, step {step}, edits {told:?}"), &lines);
            fs::remove_dir_all(&clean).expect("the clean build can go");
        }
    }
    assert!(good > EDITS / 2, "most edits are good ones: {good}");
    assert!(refused > 0, "some edits are bad ones");
}

/// What the last bad edit broke, by the file it made.
const BROKEN: &str = "content/news/broken.md";

fn mend(root: &Path) {
    fs::remove_file(root.join(BROKEN)).expect("only a broken page makes a build fail");
}

/// One random change to the site; its name is for the message when it matters.
fn edit(root: &Path, step: usize, dice: &mut Dice) -> &'static str {
    let pages = pages(root);
    let any = |dice: &mut Dice| pages[dice.roll(pages.len())].clone();
    let sheet = root.join("content/penalty/0.csv");
    match dice.roll(14) {
        0 => replace(&any(dice), "。", "！", "page text"),
        1 => replace(&any(dice), "title = \"", "title = \"新", "page title"),
        2 => {
            support::write(&root.join(format!("content/news/n{step}.md")), corpus::page(1000 + step, dice));
            "new page"
        }
        3 if pages.len() > 6 => {
            fs::remove_file(any(dice)).expect("it was listed");
            "page deleted"
        }
        4 => {
            let page = any(dice);
            fs::rename(&page, page.with_file_name(format!("m{step}.md"))).expect("it was listed");
            "page renamed"
        }
        5 => {
            let text = support::text(&sheet);
            support::write(&sheet, text + &corpus::row(1000 + step, dice));
            "new row"
        }
        6 => line(&sheet, dice, |_| String::new(), "row deleted"),
        7 => line(&sheet, dice, |row| row.replace("公司", "商行"), "row edited"),
        8 => line(
            &sheet,
            dice,
            |row| if row.ends_with(",,\n") { row.replace(",,\n", ",2025-06-29,撤销\n") } else { row.to_owned() },
            "row withdrawn",
        ),
        9 => {
            support::write(
                &root.join("portal.toml"),
                corpus::portal(&format!("平台{step}")) + "\n[theme]\nshow_hotlines = false\n",
            );
            "setting"
        }
        10 => {
            let template = root.join("themes/bare/templates/base.html");
            replace(&template, "</body>", "<!-- x --></body>", "template (of a theme that is not used)")
        }
        11 => {
            let own = root.join("themes/portal/templates/stub.html");
            let text = format!(
                "{{% extends \"base.html\" %}}{{% block main %}}<h1>{{{{ stub.heading }}}} {step}</h1>{{% endblock main %}}"
            );
            support::write(&own, text);
            "template"
        }
        12 => {
            support::write(&root.join(BROKEN), "+++\ntitle = \"坏\n+++\n");
            "broken page"
        }
        _ => "another day",
    }
}

fn pages(root: &Path) -> Vec<std::path::PathBuf> {
    let all = support::tree(&root.join("content")).into_keys();
    all.filter(|name| name.ends_with(".md") && !name.ends_with("_index.md"))
        .map(|name| root.join("content").join(name))
        .collect()
}

fn replace(path: &Path, from: &str, to: &str, what: &'static str) -> &'static str {
    support::write(path, support::text(path).replacen(from, to, 1));
    what
}

/// Changes one row of a sheet.
fn line(sheet: &Path, dice: &mut Dice, change: impl Fn(&str) -> String, what: &'static str) -> &'static str {
    let text = support::text(sheet);
    let rows = text.split_inclusive('\n').count();
    if rows < 4 {
        return "nothing";
    }
    let at = 1 + dice.roll(rows - 1);
    let rows = text
        .split_inclusive('\n')
        .enumerate()
        .map(|(number, row)| if number == at { change(row) } else { row.to_owned() });
    support::write(sheet, rows.collect::<String>());
    what
}
