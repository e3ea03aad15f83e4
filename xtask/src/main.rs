//! `cargo xtask`: tests, benchmarks and checks of gongkai, as commands.

mod bench;
mod shell;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure gongkai against Hugo and against writing the same files
    Bench(bench::Arguments),
    /// Write the site that `bench` builds
    Corpus { dir: PathBuf, pages: usize },
    /// Write the files of one folder to another, for `bench`
    #[command(hide = true)]
    Floor { from: PathBuf, to: PathBuf },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Bench(arguments) => bench::run(&arguments),
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
