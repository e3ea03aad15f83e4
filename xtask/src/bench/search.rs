//! `cargo xtask bench search`: the search of a portal in a real browser, beside Pagefind on the same pages, beside
//! tantivy, and beside a plain scan of the text; on pages cut from laws and on a register of short records.

mod building;
mod costs;
mod document;
mod engines;
mod exact;
mod fold;
mod known;
mod lab;
mod laws;
mod names;
mod pagefind;
mod pages;
mod queries;
mod ranking;
mod records;
mod rounds;
mod server;
mod site;
mod table;
mod truth;
mod vary;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::clear;
use crate::{shell, system};
use building::Portal;
use exact::Details;
use pages::{Corpus, Variation};
use records::Records;
use rounds::{Limits, Plan, Round};
use server::Protocol;
use site::Search;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Sizes of the portals that are cut from laws; 0 leaves them out
    #[arg(long, value_delimiter = ',', default_value = "10000,100000")]
    pages: Vec<usize>,
    /// Size of the register of short records; 0 leaves it out
    #[arg(long, default_value = "1000000")]
    records: usize,
    /// Queries of each class
    #[arg(long, default_value = "20")]
    queries: usize,
    /// What is measured
    #[arg(long, value_delimiter = ',', default_value = "build,cost,exact,rank,known,publish")]
    parts: Vec<Part>,
    /// The laws, instead of those beside the repository
    #[arg(long)]
    laws: Option<PathBuf>,
    /// Folder for sites and outputs; a RAM disk, so that no disk is measured
    #[arg(long, default_value = "/dev/shm/gongkai-bench-search")]
    dir: PathBuf,
    /// Measure this gongkai instead of building one
    #[arg(long)]
    gongkai: Option<PathBuf>,
    /// What the server of the bench speaks, to both engines
    #[arg(long, default_value = "http2")]
    protocol: Protocol,
    /// Leave Pagefind out
    #[arg(long)]
    no_pagefind: bool,
    /// The largest portal that Pagefind is given; it cannot index 100,000 pages in 14 GiB
    #[arg(long, default_value = "10000")]
    pagefind_up_to: usize,
    /// Leave sites and outputs where they are, and use what an earlier run has left
    #[arg(long)]
    keep: bool,
    /// Name the queries that are answered wrongly
    #[arg(long)]
    details: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Time, memory and files of index and export
    Build,
    /// Bytes, round trips and time of queries, cold and warm
    Cost,
    /// Recall and precision
    Exact,
    /// The browser's order beside tantivy's
    Rank,
    /// The place of pages that are half remembered
    Known,
    /// What twenty new pages change
    Publish,
}

/// More variation where the laws would repeat too often without it.
const MORE_FROM: usize = 20_000;

pub(crate) fn run(arguments: &Arguments) -> io::Result<()> {
    system::ensure(&system::BROWSER)?;
    let laws = laws::file(arguments.laws.as_deref(), &shell::root())?;
    let gongkai = match &arguments.gongkai {
        Some(program) => fs::canonicalize(program)?,
        None => shell::built_gongkai()?,
    };
    let pagefind = if arguments.no_pagefind {
        None
    } else {
        system::ensure(&system::NPM)?;
        Some(pagefind::installed(&shell::target_folder().join("xtask"))?)
    };
    let details = if arguments.details { Details::Named } else { Details::Counted };
    let protocol = arguments.protocol.name();
    println!("cold and warm queries: {protocol} on a line of 1.6 Mbit/s and 150 ms, made by the bench's own server");
    let mut smaller = None;
    for pages in arguments.pages.iter().filter(|pages| **pages > 0) {
        let variation = if *pages < MORE_FROM { Variation::Light } else { Variation::More };
        let corpus = Corpus::new(laws::read(&laws)?, *pages, variation);
        println!("\n{pages} pages");
        let home = arguments.dir.join(pages.to_string());
        let portal = portal(&gongkai, &home, "portal");
        prepare(arguments, &home, |site| site::write_pages(site, &corpus))?;
        let rival = pagefind.clone().filter(|_| *pages <= arguments.pagefind_up_to);
        let plan = plan(arguments, Limits::of_pages(*pages), details);
        let mut round = Round { portal, source: &corpus, home: home.clone(), rival, plan };
        let built = round.run(smaller)?;
        if arguments.parts.contains(&Part::Publish) {
            round.publish(&|site| add_pages(site, &corpus))?;
        }
        smaller = built.map(|seconds| (*pages, seconds));
        finish(arguments, &home)?;
    }
    if arguments.records > 0 {
        let records = Records { count: arguments.records };
        println!("\n{} short records", records.count);
        let home = arguments.dir.join("records");
        prepare(arguments, &home, |site| site::write_records(site, &records))?;
        let portal = portal(&gongkai, &home, "least");
        let plan = plan(arguments, Limits::of_records(), details);
        Round { portal, source: &records, home: home.clone(), rival: None, plan }.run(None)?;
        finish(arguments, &home)?;
    }
    Ok(())
}

fn plan(arguments: &Arguments, limits: Limits, details: Details) -> Plan<'_> {
    let Arguments { queries, parts, protocol, .. } = arguments;
    Plan { queries: *queries, parts, limits, details, protocol: *protocol }
}

fn portal(gongkai: &Path, home: &Path, theme: &'static str) -> Portal {
    Portal { gongkai: gongkai.to_owned(), site: home.join("site"), theme }
}

/// Writes the site unless an earlier run has left it.
fn prepare(arguments: &Arguments, home: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let site = home.join("site");
    if arguments.keep && site.join("portal.toml").exists() {
        return Ok(());
    }
    clear(home)?;
    write(&site)?;
    site::settings(&site, Search::With, "portal")
}

fn finish(arguments: &Arguments, home: &Path) -> io::Result<()> {
    if arguments.keep { Ok(()) } else { clear(home) }
}

/// Twenty pages like the others, published on the portal's last days.
fn add_pages(site: &Path, corpus: &Corpus) -> io::Result<()> {
    for at in 0..20 {
        let mut page = corpus.page(at * 37 % corpus.len());
        page.name = format!("new{at:02}");
        page.title = format!("{}（补充{}）", page.title, at + 1);
        page.number = format!("{}之{}", page.number, at + 1);
        page.date = format!("2026-11-{:02}", 1 + at % 19);
        site::write_page(site, &page)?;
    }
    Ok(())
}
