//! `publish`, `rollback`, `verify` and `hosting`: a built portal and the places that show it.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use clap::{Args, ValueEnum};
use gongkai::config::Provider;
use gongkai::diag::Diagnostics;
use gongkai::publish::{self, Errand, Options, Published, Secrets, Transfer, Verify};
use gongkai::text::Text;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::report::size;
use super::{Console, Format, exit};

/// Passwords and keys stand in variables of these names: `GONGKAI_WEBDAV_PASSWORD` for the target `webdav`.
const PREFIX: &str = "GONGKAI_";

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

/// `GONGKAI_PASSWORD` for any target, `GONGKAI_<TARGET>_PASSWORD` for one.
fn secrets(target: &str, variables: impl Iterator<Item = (String, String)>) -> Secrets {
    const KNOWN: [&str; 12] = [
        "access_key_id",
        "secret_access_key",
        "session_token",
        "access_key_secret",
        "security_token",
        "secret_id",
        "secret_key",
        "account_key",
        "sas_token",
        "username",
        "password",
        "token",
    ];
    const TELLING: [&str; 5] = ["SECRET", "PASSWORD", "TOKEN", "ACCESS_KEY", "ACCOUNT_KEY"];
    let own = format!("{PREFIX}{}_", target.to_uppercase().replace('-', "_"));
    let mut found: BTreeMap<String, (bool, String)> = BTreeMap::new();
    let mut hidden = Vec::new();
    for (name, value) in variables {
        if TELLING.iter().any(|word| name.contains(word)) {
            hidden.push(value.clone());
        }
        let (specific, key) = match (name.strip_prefix(&own), name.strip_prefix(PREFIX)) {
            (Some(key), _) if !target.is_empty() => (true, key.to_lowercase()),
            (_, Some(key)) => (false, key.to_lowercase()),
            _ => continue,
        };
        let known = KNOWN.contains(&key.as_str());
        if known && (specific || !found.get(&key).is_some_and(|(specific, _)| *specific)) {
            found.insert(key, (specific, value));
        }
    }
    Secrets::new(found.into_iter().map(|(key, (_, value))| (key, value)).collect(), hidden)
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

fn summary(console: Console, published: &Published, dry_run: bool) -> String {
    let mut text = String::new();
    if dry_run {
        for step in &published.steps {
            text += &format!("{}\t{}\t{}\n", step.action, step.path, step.reason.pick(console.language));
        }
    }
    let count = |action| published.steps.iter().filter(|step| step.action == action).count();
    let Published { target, release, unchanged, uploaded, copied, deleted, .. } = published;
    text += &match (dry_run, console.chinese()) {
        (true, true) => {
            format!("目标 {target}：将上传 {}，删除 {}，不变 {unchanged}\n", count("upload"), count("delete"))
        }
        (true, false) => {
            format!(
                "target {target}: {} to upload, {} to delete, {unchanged} unchanged\n",
                count("upload"),
                count("delete")
            )
        }
        (false, chinese) => {
            let bytes = size(published.uploaded_bytes);
            let mut line = match chinese {
                true => format!(
                    "目标 {target}：上传 {uploaded}（{bytes}），取自旧版本 {copied}，删除 {deleted}，不变 {unchanged}"
                ),
                false => format!(
                    "target {target}: {uploaded} uploaded ({bytes}), {copied} taken from before, {deleted} deleted, \
                     {unchanged} unchanged"
                ),
            };
            if published.verified > 0 {
                line += &match chinese {
                    true => format!("，核对 {}", published.verified),
                    false => format!(", {} read back", published.verified),
                };
            }
            format!("{line}\n{} {release}\n", console.say("版本", "release"))
        }
    };
    if let Some(list) = published.purge.as_ref().filter(|_| published.purge_command.is_empty()) {
        text += &format!("{}{}\n", console.say("待清除缓存的地址：", "addresses to purge: "), list.display());
    }
    text
}

fn as_json(published: &Published, dry_run: bool) -> serde_json::Value {
    let steps = published.steps.iter().map(|step| {
        json!({ "action": step.action, "path": step.path, "reason": { "zh": step.reason.zh, "en": step.reason.en } })
    });
    json!({
        "target": published.target,
        "dry_run": dry_run,
        "release": published.release,
        "before": published.before,
        "uploaded": published.uploaded,
        "uploaded_bytes": published.uploaded_bytes,
        "copied": published.copied,
        "deleted": published.deleted,
        "unchanged": published.unchanged,
        "repeats": published.repeats,
        "verified": published.verified,
        "purge_list": published.purge,
        "steps": steps.collect::<Vec<_>>(),
    })
}

/// A bar per phase with bytes and rate on a terminal, a plain line elsewhere.
struct Bars {
    console: Console,
    bar: Mutex<ProgressBar>,
}

impl Bars {
    fn new(console: Console) -> Bars {
        Bars { console, bar: Mutex::new(ProgressBar::hidden()) }
    }

    fn current(&self) -> ProgressBar {
        self.bar.lock().expect("no thread panics while it holds the bar").clone()
    }

    fn clear(&self) {
        self.current().finish_and_clear();
    }
}

impl Transfer for Bars {
    fn begin(&self, what: &Text, objects: usize, bytes: u64) {
        let name = what.pick(self.console.language).to_owned();
        if !self.console.live {
            eprintln!("{name} {objects} …");
            return;
        }
        let bar = ProgressBar::with_draw_target(Some(bytes.max(1)), ProgressDrawTarget::stderr_with_hz(10));
        let shape = "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        bar.set_style(ProgressStyle::with_template(shape).expect("the template is fixed"));
        bar.set_message(format!("{name} {objects}"));
        bar.enable_steady_tick(Duration::from_millis(200));
        let mut current = self.bar.lock().expect("no thread panics while it holds the bar");
        current.finish_and_clear();
        *current = bar;
    }

    fn advance(&self, bytes: u64) {
        if self.console.live {
            self.current().inc(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_a_target_go_before_general_ones() {
        let variables = [
            ("GONGKAI_PASSWORD", "general"),
            ("GONGKAI_MY_DAV_PASSWORD", "own"),
            ("GONGKAI_MY_DAV_ROOT", "/elsewhere"),
            ("HOME", "/root"),
        ];
        let variables = || variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let hidden = vec!["general".to_owned(), "own".to_owned()];
        let expected =
            |value: &str| Secrets::new(BTreeMap::from([("password".to_owned(), value.to_owned())]), hidden.clone());
        assert!(secrets("my-dav", variables()) == expected("own"));
        assert!(secrets("other", variables()) == expected("general"));
    }
}
