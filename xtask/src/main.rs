//! `cargo xtask`: tests, benchmarks and checks of gongkai, as commands.

mod bench;
mod shell;

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
    Corpus { dir: std::path::PathBuf, pages: usize },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Corpus { dir, pages } => bench::write_corpus(&dir, pages),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
