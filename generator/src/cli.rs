//! Commands and exit codes. The only place that looks at the clock, the environment and the terminal.

mod bars;
mod build;
mod import;
mod publish;
mod report;
mod scaffold;
mod search;
mod serve;

use std::env;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use gongkai::Request;
use gongkai::diag::Diagnostics;
use gongkai::text::Language;
use jiff::civil::Date;

/// Exit codes, as documented in the README.
mod exit {
    /// Done.
    pub(super) const DONE: u8 = 0;
    /// The site has errors (under `--strict` also warnings); nothing was written.
    pub(super) const REFUSED: u8 = 1;
    // 2 is clap's: the arguments cannot be understood.
    /// The output could not be written; the last good one is untouched.
    pub(super) const NOT_WRITTEN: u8 = 3;
}

#[derive(Parser)]
#[command(
    name = "gongkai",
    version,
    about,
    after_help = "Exit codes: 0 done, 1 the site has errors, 2 bad arguments, 3 could not write"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Folder of the site
    #[arg(long, global = true, default_value = ".")]
    root: PathBuf,
    /// Language of messages; otherwise from the locale
    #[arg(long, global = true, value_enum)]
    lang: Option<Tongue>,
}

#[derive(Subcommand)]
enum Command {
    /// Build the portal into public/
    Build {
        #[command(flatten)]
        day: Day,
        /// Output folder
        #[arg(long, default_value = "public")]
        out: PathBuf,
    },
    /// List every route with the reason it exists; write nothing
    Plan {
        #[command(flatten)]
        day: Day,
    },
    /// Do everything but write
    Check {
        #[command(flatten)]
        day: Day,
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        /// Also show what may be published of whom, what is masked and what was let pass
        #[arg(long)]
        privacy: bool,
    },
    /// Show the portal as it is now, and every change when it is saved
    Serve(serve::Options),
    /// Search the portal as it was last built
    Search(search::Arguments),
    /// Bring a table into a register, compared with what is there
    Import(import::Options),
    /// Put the built portal where readers find it: only what changed, in a safe order
    Publish(publish::PublishOptions),
    /// Show an earlier release again, unless it holds what has since ended
    Rollback(publish::RollbackOptions),
    /// Compare a live site with the built portal, or a target with its manifest
    Verify(publish::VerifyOptions),
    /// Make the files that a host reads: headers and redirects
    Hosting(publish::HostingOptions),
    /// Make a page, a campaign or a blank register sheet
    New {
        #[command(subcommand)]
        what: scaffold::New,
    },
    /// Make a new, empty portal
    Init {
        /// A folder that does not exist yet, or is empty
        dir: PathBuf,
    },
}

#[derive(Args)]
struct Day {
    /// Build for this day (YYYY-MM-DD) instead of the pinned day or today
    #[arg(long)]
    as_of: Option<Date>,
    /// Path below the host site, such as /aqsc/
    #[arg(long, value_parser = base_path)]
    base_path: Option<String>,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Tongue {
    Zh,
    En,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

fn base_path(path: &str) -> Result<String, String> {
    gongkai::config::base_path_problem(path).map_or_else(|| Ok(path.to_owned()), Err)
}

/// What commands know of the person in front of them.
#[derive(Clone, Copy)]
struct Console {
    language: Language,
    colour: bool,
    /// Whether progress can be drawn.
    live: bool,
}

impl Console {
    fn chinese(self) -> bool {
        self.language == Language::Chinese
    }

    fn say<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        if self.chinese() { zh } else { en }
    }

    fn print(self, diags: &Diagnostics) {
        eprint!("{}", gongkai::diag::terminal(diags, self.language, self.colour));
    }
}

/// Parses the arguments, runs the command, gives the exit code.
pub(crate) fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let live = std::io::stderr().is_terminal();
    let console =
        Console { language: language(arguments.lang), colour: live && env::var_os("NO_COLOR").is_none(), live };
    let root = arguments.root;
    let code = match arguments.command {
        Command::Build { day, out } => {
            build::build(console, &request(root.clone(), &day), &if out.is_absolute() { out } else { root.join(out) })
        }
        Command::Plan { day } => build::plan(console, &request(root, &day)),
        Command::Check { day, format, privacy: false } => build::check(console, &request(root, &day), format),
        Command::Check { day, format, privacy: true } => build::check_privacy(console, &request(root, &day), format),
        Command::Serve(options) => serve::serve(console, request(root, &options.day), &options),
        Command::Search(arguments) => search::search(console, &root, &arguments),
        Command::Import(options) => import::import(console, root, options, today()),
        Command::Publish(options) => publish::publish(console, root, &options),
        Command::Rollback(options) => publish::roll_back(console, root, &options),
        Command::Verify(options) => publish::verify(console, root, &options),
        Command::Hosting(options) => publish::hosting(console, &root, &options),
        Command::New { what } => scaffold::new(console, &root, &what, today()),
        Command::Init { dir } => scaffold::init(console, &dir),
    };
    ExitCode::from(code)
}

fn request(root: PathBuf, day: &Day) -> Request {
    Request {
        root,
        today: today(),
        as_of: day.as_of,
        base_path: day.base_path.clone(),
        strict: day.strict,
        drafts: false,
    }
}

/// Today in Beijing: China keeps one offset, so the machine's time zone plays no part.
fn today() -> Date {
    jiff::tz::offset(8).to_datetime(jiff::Timestamp::now()).date()
}

/// Chinese, unless asked for English or the locale says so.
fn language(asked: Option<Tongue>) -> Language {
    match asked {
        Some(Tongue::Zh) => Language::Chinese,
        Some(Tongue::En) => Language::English,
        None => {
            let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
                .into_iter()
                .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
            set.map_or(Language::Chinese, |tag| Language::of_tag(&tag))
        }
    }
}
