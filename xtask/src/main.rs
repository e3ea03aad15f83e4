//! `cargo xtask`: tests, benchmarks and checks of gongkai, as commands.

mod bench;
mod browser;
mod publish;
mod range;
mod shell;
mod system;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tests, benchmarks and checks of gongkai")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every test, and install what they need
    Test,
    /// Measure gongkai against Hugo and against writing the same files
    Bench(bench::Arguments),
    /// Publish under kills, lost answers, torn bodies, full disks … while a reader walks the site
    Faults {
        #[arg(long, default_value_t = 500)]
        runs: usize,
    },
    /// Only the browser test of `test`
    Browser {
        /// A portal built elsewhere, instead of the demonstration
        #[arg(long)]
        portal: Option<PathBuf>,
        /// Only the preview
        #[arg(long, conflicts_with = "portal")]
        preview: bool,
    },
    /// Take screenshots of the demonstration
    Shots { dir: PathBuf },
    /// Write the two sites that `bench` builds, with this many pages
    Corpus { dir: PathBuf, pages: usize },
    /// Write the files of one folder to another, for `bench`
    #[command(hide = true)]
    Floor { from: PathBuf, to: PathBuf },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Test => test::run(),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Faults { runs } => publish::faults(runs),
        Command::Browser { preview: true, .. } => test::preview(),
        Command::Browser { portal, preview: false } => test::look_at(portal.as_deref()),
        Command::Shots { dir } => test::shots(&dir),
        Command::Corpus { dir, pages } => bench::write_corpus(&dir, pages),
        Command::Floor { from, to } => bench::write_floor(&from, &to),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
