//! `search`: queries over the index of the last build.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use gongkai::{Answer, Ask};
use jiff::civil::Date;

use super::{Console, exit};

#[derive(Args)]
pub(super) struct Arguments {
    /// Words that must all stand on a page; "…" keeps spaces, -word excludes, 文号: 公司: 标题: look only there
    query: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Only records of these registers
    #[arg(long)]
    register: Vec<String>,
    /// Only these districts, by code
    #[arg(long)]
    district: Vec<String>,
    /// Only these sectors, by code
    #[arg(long)]
    sector: Vec<String>,
    /// Only records with a value of another facet, such as level=major
    #[arg(long, value_parser = facet)]
    facet: Vec<(String, String)>,
    /// First day
    #[arg(long)]
    from: Option<Date>,
    /// Last day
    #[arg(long)]
    to: Option<Date>,
    #[arg(long, value_enum, default_value = "relevance")]
    sort: Sort,
    /// Results to leave out at the beginning
    #[arg(long, default_value_t = 0)]
    offset: usize,
    /// Most results
    #[arg(long, default_value_t = 10)]
    limit: usize,
    /// A file with one query a line instead of one query; prints one JSON line for each
    #[arg(long, conflicts_with = "query")]
    queries: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Sort {
    Relevance,
    Date,
}

fn facet(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("name=value")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Prints what the index of the last build finds.
pub(super) fn search(console: Console, root: &Path, arguments: &Arguments) -> u8 {
    let finder = match gongkai::open_search(root) {
        Ok(finder) => finder,
        Err(diags) => {
            console.print(&diags);
            return exit::REFUSED;
        }
    };
    let lines = match &arguments.queries {
        Some(file) => match fs::read_to_string(file) {
            Ok(text) => text.lines().map(str::to_owned).collect(),
            Err(error) => {
                eprintln!("{}: {error}", file.display());
                return exit::REFUSED;
            }
        },
        None => vec![arguments.query.join(" ")],
    };
    let ask = ask(arguments);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in &lines {
        let answer = match finder.answer(line, &ask) {
            Ok(answer) => answer,
            Err(error) => {
                eprintln!("{error}");
                return exit::REFUSED;
            }
        };
        let text = if arguments.json || arguments.queries.is_some() {
            serde_json::to_string(&answer).expect("an answer holds only texts and numbers") + "\n"
        } else {
            for_people(console, &answer, arguments.offset)
        };
        // A closed pipe is the reader's choice, not a failure.
        if out.write_all(text.as_bytes()).is_err() {
            break;
        }
    }
    exit::DONE
}

fn ask(arguments: &Arguments) -> Ask {
    let named = |name: &str, values: &[String]| -> Vec<(String, String)> {
        values.iter().map(|value| (name.to_owned(), value.clone())).collect()
    };
    let mut facets = named("register", &arguments.register);
    facets.extend(named("district", &arguments.district));
    facets.extend(named("sector", &arguments.sector));
    facets.extend(arguments.facet.iter().cloned());
    Ask {
        facets,
        from: arguments.from,
        to: arguments.to,
        by_date: arguments.sort == Sort::Date,
        offset: arguments.offset,
        limit: arguments.limit,
    }
}

fn for_people(console: Console, answer: &Answer, offset: usize) -> String {
    let (open, close) = if console.colour { ("\x1b[1;33m", "\x1b[0m") } else { ("【", "】") };
    let mut text = match (answer.loose, console.chinese()) {
        (false, true) => format!("{} 条结果\n", answer.total),
        (false, false) => format!("{} results\n", answer.total),
        (true, true) => format!("没有完全相符的结果；{} 条相近\n", answer.total),
        (true, false) => format!("nothing matches exactly; {} come near\n", answer.total),
    };
    if answer.cut {
        text += console.say("查询过长，只用了前面的部分\n", "the query is too long; only its beginning was used\n");
    }
    if !answer.also.is_empty() {
        text += &format!("{}{}\n", console.say("也检索了：", "also looked for: "), answer.also.join("、"));
    }
    for (at, entry) in answer.results.iter().enumerate() {
        let about = [entry.register.as_deref(), entry.date.as_deref()];
        let about: Vec<&str> = about.into_iter().flatten().collect();
        text += &format!("\n{}. {}\n   {}", offset + at + 1, entry.title, entry.url);
        if !about.is_empty() {
            text += &format!(" · {}", about.join(" · "));
        }
        text += &format!("\n   {}\n", entry.excerpt(open, close));
    }
    text
}
