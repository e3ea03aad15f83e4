//! `publish`, `rollback`, `verify` and `hosting`: a built portal and the places that show it.

mod report;
mod secrets;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::{Args, ValueEnum};
use gongkai::config::Provider;
use gongkai::diag::Diagnostics;
use gongkai::publish::{self, Errand, Options, Published, Verify};

use super::bars::Bars;
use super::{Console, Format, exit};
use report::{as_json, summary};
use secrets::secrets;

#[derive(Args)]
pub(super) struct Where {
    /// Name of a target in portal.toml; may be left out where there is only one
    target: Option<String>,
    /// Folder of the built portal
    #[arg(long, default_value = "public")]
    out: PathBuf,
}

#[derive(Args)]
pub(super) struct PublishOptions {
    #[command(flatten)]
    place: Where,
    /// Say what would be done, each step with its reason; change nothing
    #[arg(long)]
    dry_run: bool,
    /// Read back afterwards: what changed and a sample, or all
    #[arg(long, value_enum, num_args = 0..=1, default_missing_value = "changed")]
    verify: Option<Extent>,
    /// The most addresses that may vanish from the site
    #[arg(long)]
    max_delete: Option<usize>,
    /// Delete files at once that no page names any more, even if readers may still ask for them
    #[arg(long)]
    no_grace: bool,
    /// Take over from a publisher that is known to be gone
    #[arg(long)]
    break_lock: bool,
    /// Publish into a place that holds files of others
    #[arg(long)]
    adopt: bool,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Args)]
pub(super) struct RollbackOptions {
    #[command(flatten)]
    place: Where,
    /// Beginning of the id of a release; otherwise the one before the shown one
    #[arg(long)]
    to: Option<String>,
    /// Take over from a publisher that is known to be gone
    #[arg(long)]
    break_lock: bool,
}

#[derive(Args)]
pub(super) struct VerifyOptions {
    /// Address of a live site (https://…), or name of a target
    place: Option<String>,
    /// Folder of the built portal
    #[arg(long, default_value = "public")]
    out: PathBuf,
    /// Look at every file of a target, not at a sample
    #[arg(long)]
    all: bool,
    /// Ask a live site for every N-th file only
    #[arg(long, default_value_t = 1)]
    every: usize,
}

#[derive(Args)]
pub(super) struct HostingOptions {
    #[arg(value_enum)]
    provider: Host,
    /// Folder of the built portal
    #[arg(long, default_value = "public")]
    out: PathBuf,
    /// Write the files into this folder instead of printing them
    #[arg(long)]
    to: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Extent {
    Changed,
    All,
}

#[derive(Clone, Copy, ValueEnum)]
enum Host {
    CloudflarePages,
    Netlify,
    AzureStaticWebApps,
    Nginx,
}

/// Publishes the built portal.
pub(super) fn publish(console: Console, root: PathBuf, options: &PublishOptions) -> u8 {
    let bars = Bars::new(console);
    let errand = errand(root, &options.place);
    let asked = Options {
        dry_run: options.dry_run,
        verify: match options.verify {
            None => Verify::Nothing,
            Some(Extent::Changed) => Verify::Changed,
            Some(Extent::All) => Verify::All,
        },
        max_delete: options.max_delete,
        no_grace: options.no_grace,
        break_lock: options.break_lock,
        adopt: options.adopt,
    };
    let done = publish::publish(&errand, &asked, &bars);
    bars.clear();
    match done {
        Ok(published) => {
            console.print(&published.warnings);
            match options.format {
                Format::Json => println!("{}", as_json(&published, options.dry_run)),
                Format::Text => print!("{}", summary(console, &published, options.dry_run)),
            }
            purge(console, &published)
        }
        Err(diags) => refused(console, &diags, options.format),
    }
}

/// Shows an earlier release again.
pub(super) fn roll_back(console: Console, root: PathBuf, options: &RollbackOptions) -> u8 {
    let asked = Options { break_lock: options.break_lock, ..Options::default() };
    match publish::roll_back(&errand(root, &options.place), options.to.as_deref(), &asked) {
        Ok(done) => {
            let line = match console.chinese() {
                true => format!(
                    "目标 {} 已退回版本 {}（截至 {}），原为 {}",
                    done.target, done.release, done.as_of, done.before
                ),
                false => format!(
                    "target {} shows release {} again (as of {}), after {}",
                    done.target, done.release, done.as_of, done.before
                ),
            };
            println!("{line}");
            exit::DONE
        }
        Err(diags) => refused(console, &diags, Format::Text),
    }
}

/// Compares a live site with the built portal, or a target with its own manifest.
pub(super) fn verify(console: Console, root: PathBuf, options: &VerifyOptions) -> u8 {
    let bars = Bars::new(console);
    let is_url = |place: &&str| place.starts_with("http://") || place.starts_with("https://");
    let place = options.place.as_deref();
    let checked = match place.filter(is_url) {
        Some(url) => publish::verify_url(&root, &root.join(&options.out), url, options.every, &bars).map(|live| {
            match console.chinese() {
                true => format!("{} 个地址与构建一致，{} 个应撤下的地址没有应答", live.right, live.gone),
                false => format!("{} addresses are as built, {} are gone as they should be", live.right, live.gone),
            }
        }),
        None => {
            let place = Where { target: place.map(str::to_owned), out: options.out.clone() };
            publish::verify_target(&errand(root, &place), options.all, &bars).map(|count| match console.chinese() {
                true => format!("{count} 个文件与清单一致"),
                false => format!("{count} objects are as their manifest says"),
            })
        }
    };
    bars.clear();
    match checked {
        Ok(line) => {
            println!("{line}");
            exit::DONE
        }
        Err(diags) => refused(console, &diags, Format::Text),
    }
}

/// Prints or writes the files that a provider reads.
pub(super) fn hosting(console: Console, root: &Path, options: &HostingOptions) -> u8 {
    let provider = match options.provider {
        Host::CloudflarePages => Provider::CloudflarePages,
        Host::Netlify => Provider::Netlify,
        Host::AzureStaticWebApps => Provider::AzureStaticWebApps,
        Host::Nginx => Provider::Nginx,
    };
    let files = match publish::provider_files(&root.join(&options.out), provider) {
        Ok(files) => files,
        Err(diags) => return refused(console, &diags, Format::Text),
    };
    for (name, text) in files {
        let Some(folder) = &options.to else {
            println!("# {name}\n{text}");
            continue;
        };
        let path = folder.join(name);
        if let Err(error) = fs::create_dir_all(folder).and_then(|()| fs::write(&path, text)) {
            eprintln!("{}: {error}", path.display());
            return exit::NOT_WRITTEN;
        }
        println!("{}", path.display());
    }
    exit::DONE
}

fn errand(root: PathBuf, place: &Where) -> Errand {
    let name = place.target.as_deref().unwrap_or_default();
    let host = fs::read_to_string("/etc/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "?" } else { host.trim() };
    Errand {
        out: root.join(&place.out),
        root,
        target: place.target.clone(),
        secrets: secrets(name, env::vars()),
        now: jiff::Timestamp::now(),
        owner: format!("{host}:{}", std::process::id()),
    }
}

fn refused(console: Console, diags: &Diagnostics, format: Format) -> u8 {
    match format {
        Format::Json => println!("{}", gongkai::diag::json(diags)),
        Format::Text => console.print(diags),
    }
    // Whether it is the request that is wrong or the world.
    let of_the_world = |code: &str| {
        code.starts_with("target-")
            || matches!(code, "cannot-write" | "not-deleted" | "no-bucket" | "publishing-failed")
    };
    if diags.iter().any(|diagnostic| of_the_world(diagnostic.code)) { exit::NOT_WRITTEN } else { exit::REFUSED }
}

/// Hands the addresses to the target's purge command, on its standard input.
fn purge(console: Console, published: &Published) -> u8 {
    let (Some(list), Some((program, arguments))) = (&published.purge, published.purge_command.split_first()) else {
        return exit::DONE;
    };
    let run = || {
        let mut command = Command::new(program);
        command.args(arguments).env("GONGKAI_PURGE_LIST", list).env("GONGKAI_RELEASE", &published.release);
        let status = command.stdin(Stdio::from(fs::File::open(list)?)).status()?;
        if status.success() { Ok(()) } else { Err(std::io::Error::other(status.to_string())) }
    };
    match run() {
        Ok(()) => exit::DONE,
        Err(error) => {
            let told = console.say(
                "已发布，但清除缓存的命令失败；读者可能仍看到旧内容",
                "published, but the purge command failed; readers may still see what was there before",
            );
            eprintln!("{told}: {program}: {error}");
            exit::NOT_WRITTEN
        }
    }
}
