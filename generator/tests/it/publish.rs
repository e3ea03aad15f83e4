//! Publishing against real servers: only what changed goes out, what ended goes away, and what stands is proved.

mod faults;
mod http;
mod proxy;
mod reader;
mod servers;
mod site;

use std::fs;
use std::process::Stdio;

use crate::support::{self, Ran, Tree};
use proxy::Proxy;
use site::{Publisher, Version, built, in_bucket, shown};

/// What a run of the program says it did.
fn report(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", ran.out, ran.err))
}

fn assert_shown(what: &str, version: Version, actual: &Tree) {
    support::assert_none(what, &support::differences(&shown(version), actual));
}

/// Paths that differ between two versions: written, and gone.
fn changes(from: Version, to: Version) -> (usize, usize) {
    let (from, to) = (shown(from), shown(to));
    let written = to.iter().filter(|(name, bytes)| from.get(*name) != Some(bytes)).count();
    (written, from.keys().filter(|name| !to.contains_key(*name)).count())
}

/// The whole life of a target whose files lie at their addresses.
fn life(publisher: &Publisher, look: &dyn Fn() -> Tree) {
    let all = shown(Version::First).len();
    let first = publisher.publish(Version::First, &["--verify", "--format", "json"]).expect(0);
    assert_eq!(report(&first)["uploaded"], all);
    assert_shown("after the first publish", Version::First, &look());

    let again = report(&publisher.publish(Version::First, &["--format", "json"]).expect(0));
    assert_eq!((&again["uploaded"], &again["deleted"]), (&0.into(), &0.into()), "nothing changed");

    let (written, gone) = changes(Version::First, Version::Edited);
    let edited = report(&publisher.publish(Version::Edited, &["--format", "json"]).expect(0));
    assert_eq!((&edited["uploaded"], &edited["deleted"]), (&written.into(), &gone.into()));
    assert!(written < all / 4, "one page changed, {written} of {all} files");
    assert_shown("after an edit", Version::Edited, &look());

    let (written, gone) = changes(Version::Edited, Version::Withdrawn);
    let withdrawn = report(&publisher.publish(Version::Withdrawn, &["--verify=all", "--format", "json"]).expect(0));
    assert_eq!((&withdrawn["uploaded"], &withdrawn["deleted"]), (&written.into(), &gone.into()));
    assert!(gone > 0);
    assert_shown("after a withdrawal", Version::Withdrawn, &look());
    publisher.run(&["verify", "--all"]).expect(0);
}

#[test]
fn s3() {
    let Some(server) = servers::s3() else { return };
    let proxy = Proxy::before(&server.address, 1);
    let publisher = Publisher::new(&site::s3(&proxy.address));
    life(&publisher, &|| in_bucket(&server.address));

    // Counted at the server: the objects that differ, and what publishing keeps for itself.
    proxy.seen();
    let (written, gone) = changes(Version::Withdrawn, Version::First);
    publisher.publish(Version::First, &["--max-delete", "100"]).expect(0);
    let seen = proxy.seen();
    let count = |method: &str| {
        let own = |line: &&String| line.starts_with(method) && !line.contains("/.gongkai/");
        seen.iter().filter(own).count()
    };
    assert_eq!((count("PUT"), count("DELETE")), (written, gone));

    let page = http::get(&server.address, "/portal/index.html");
    assert!(page.head.contains("text/html; charset=utf-8"), "{}", page.head);
    assert!(page.head.to_lowercase().contains("cache-control: no-cache"), "{}", page.head);
    let style = shown(Version::First).into_keys().find(|name| name.ends_with(".css")).expect("a theme has a style");
    let style = http::get(&server.address, &format!("/portal/{style}"));
    assert!(style.head.contains("max-age=31536000, immutable"), "{}", style.head);
}

#[test]
fn s3_that_ignores_conditions_is_found_out() {
    let Some(server) = servers::s3_without_conditions() else { return };
    let publisher = Publisher::new(&site::s3(&server.address));
    let first = publisher.publish(Version::First, &[]).expect(0);
    assert!(first.err.contains("weak-lock"), "{}", first.err);
    publisher.run(&["verify", "--all"]).expect(0);
}

#[test]
fn webdav() {
    let Some(server) = servers::webdav() else { return };
    let publisher = Publisher::new(&site::webdav(&server.address));
    life(&publisher, &|| servers::shown(&server.folder.path().join("root")));
}

#[test]
fn sftp() {
    let Some(server) = servers::sftp() else { return };
    let publisher = Publisher::new(&site::sftp(&server));
    life(&publisher, &|| servers::shown(&server.folder.path().join("root")));
}

#[test]
fn folder_in_place() {
    let publisher = Publisher::new("service = \"fs\"\npath = \"www\"\nlayout = \"in-place\"\ngrace_hours = 0");
    life(&publisher, &|| servers::shown(&publisher.root().join("www")));
}

/// A folder shows one whole release after the other, and an earlier one again.
#[test]
fn folder_with_releases() {
    let publisher = Publisher::new("service = \"fs\"\npath = \"www\"");
    let look = || servers::shown(&publisher.root().join("www/current"));
    publisher.publish(Version::First, &[]).expect(0);
    assert_shown("first", Version::First, &look());
    let edited = report(&publisher.publish(Version::Edited, &["--verify", "--format", "json"]).expect(0));
    let (written, _) = changes(Version::First, Version::Edited);
    assert_eq!(edited["uploaded"], written, "unchanged files are taken from the last release");
    assert_shown("edited", Version::Edited, &look());

    publisher.run(&["rollback"]).expect(0);
    assert_shown("rolled back", Version::First, &look());
    publisher.run(&["verify", "--all"]).expect(0);
    publisher.run(&["rollback"]).expect(1);

    // A release that holds what is withdrawn now goes away, and cannot come back.
    publisher.publish(Version::Withdrawn, &[]).expect(0);
    assert_shown("withdrawn", Version::Withdrawn, &look());
    assert_eq!(support::names(&publisher.root().join("www/releases")).len(), 1);
    let refused = publisher.run(&["rollback"]).expect(1);
    assert!(refused.err.contains("nothing-to-roll-back"), "{}", refused.err);
}

/// On an object store, the pointer is one write.
#[test]
fn releases_on_s3() {
    let Some(server) = servers::s3() else { return };
    let proxy = Proxy::before(&server.address, 1);
    let publisher = Publisher::new(&(site::s3(&proxy.address) + "layout = \"releases\""));
    let id = |ran: Ran| report(&ran)["release"].as_str().expect("a release has an id").to_owned();
    let first = id(publisher.publish(Version::First, &["--format", "json"]).expect(0));
    let edited = publisher.publish(Version::Edited, &["--format", "json"]).expect(0);
    assert_eq!(report(&edited)["uploaded"], changes(Version::First, Version::Edited).0, "the rest is copied there");
    let release = |id: &str| -> Tree {
        let folder = format!("releases/{id}/");
        let objects = in_bucket(&server.address).into_iter();
        objects.filter_map(|(name, bytes)| Some((name.strip_prefix(&folder)?.to_owned(), bytes))).collect()
    };
    assert_shown("first", Version::First, &release(&first));
    assert_shown("edited", Version::Edited, &release(&id(edited)));

    proxy.seen();
    publisher.run(&["rollback", "--to", &first[..8]]).expect(0);
    let writes: Vec<String> =
        proxy.seen().into_iter().filter(|line| line.starts_with("PUT") && !line.ends_with("/lock")).collect();
    assert_eq!(writes, ["PUT /portal/.gongkai/current.json"]);
}

/// The current release was made after a withdrawal that the last build knows of and the target does not.
#[test]
fn rollback_knows_what_the_last_build_ended() {
    let publisher = Publisher::new("service = \"fs\"\npath = \"www\"");
    publisher.publish(Version::First, &[]).expect(0);
    publisher.publish(Version::Edited, &[]).expect(0);
    let out = built(Version::Withdrawn).display().to_string();
    let refused = publisher.run(&["rollback", "--out", &out]).expect(1);
    assert!(refused.err.contains("unlawful-rollback"), "{}", refused.err);
    assert_shown("left as it is", Version::Edited, &servers::shown(&publisher.root().join("www/current")));
}

#[test]
fn a_dry_run_says_each_step_and_changes_nothing() {
    let publisher = Publisher::new("service = \"fs\"\npath = \"www\"\nlayout = \"in-place\"\ngrace_hours = 0");
    publisher.publish(Version::First, &[]).expect(0);
    let before = support::tree(&publisher.root().join("www"));
    let planned = publisher.publish(Version::Withdrawn, &["--dry-run"]).expect(0);
    let (written, gone) = changes(Version::First, Version::Withdrawn);
    let lines = |action: &str| planned.out.lines().filter(|line| line.starts_with(action)).count();
    assert_eq!((lines("upload\t"), lines("delete\t")), (written, gone));
    let order: Vec<&str> = planned.out.lines().filter_map(|line| Some(line.split_once('\t')?.0)).collect();
    assert!(order.is_sorted_by_key(|action| ["upload", "point", "delete"].iter().position(|known| known == action)));
    support::assert_none("changed", &support::differences(&before, &support::tree(&publisher.root().join("www"))));
}

/// Texts are stored compressed and said to be so, or have compressed files beside them.
#[test]
fn encodings() {
    let Some(server) = servers::s3() else { return };
    let publisher = Publisher::new(&(site::s3(&server.address) + "encoding = \"gzip\""));
    publisher.publish(Version::First, &["--verify=all"]).expect(0);
    let page = http::get(&server.address, "/portal/index.html");
    assert!(page.head.to_lowercase().contains("content-encoding: gzip"), "{}", page.head);
    assert!(page.body.starts_with(&[0x1f, 0x8b]));

    let publisher = Publisher::new("service = \"fs\"\npath = \"www\"\nvariants = [\"gzip\", \"br\"]");
    publisher.publish(Version::First, &["--verify=all"]).expect(0);
    let current = publisher.root().join("www/current");
    assert!(support::read(&current.join("index.html.gz")).starts_with(&[0x1f, 0x8b]));
    assert!(current.join("index.html.br").exists());
}

/// A live site that differs is found out, and so is a withdrawn address that still answers.
#[test]
fn verify_over_http() {
    let Some(server) = servers::webdav() else { return };
    let publisher = Publisher::new(&site::webdav(&server.address));
    publisher.publish(Version::Withdrawn, &[]).expect(0);
    let out = built(Version::Withdrawn).display().to_string();
    let verify = || publisher.run(&["verify", &format!("http://{}/", server.address), "--out", &out]);
    verify().expect(0);
    let root = server.folder.path().join("root");
    let page = root.join("news/index.html");
    fs::write(&page, "别的内容").expect("the folder can be written");
    support::write(&root.join("news/att.json"), "{}");
    let found = verify().expect(1);
    for words in ["news/index.html: other content", "news/att.json: should be gone, and answers 200"] {
        assert!(found.err.contains(words), "{}", found.err);
    }
    let found = publisher.run(&["verify", "--all"]).expect(1);
    assert!(found.err.contains("news/index.html"), "{}", found.err);
}

/// What keeps a portal from being published is said once, and nothing is half done.
#[test]
fn refusals() {
    let folder = "service = \"fs\"\npath = \"www\"\n";
    let copy = |change: &dyn Fn(&std::path::Path)| {
        let copied = support::scratch();
        support::copy(built(Version::First), copied.path());
        change(copied.path());
        copied
    };
    let check = |settings: &str, out: &std::path::Path, arguments: &[&str], code: i32, words: &str| {
        let publisher = Publisher::new(settings);
        let ran = support::run(&mut publisher.command(out, arguments)).expect(code);
        assert!(ran.err.contains(words), "{words}\n{}", ran.err);
        assert_eq!(ran.err.matches("error[").count(), 1, "{}", ran.err);
        assert!(!publisher.root().join("www/current").exists());
    };
    let first = built(Version::First);
    let edited = copy(&|out| support::write(&out.join("index.html"), "改"));
    check(folder, edited.path(), &[], 1, "error[edited-output]");
    let added = copy(&|out| support::write(&out.join("news/extra.html"), "多"));
    check(folder, added.path(), &[], 1, "+ news/extra.html");
    check(folder, support::scratch().path(), &[], 1, "error[nothing-built]");
    check(folder, first, &["elsewhere"], 1, "error[unknown-target]");
    check("service = \"s4\"", first, &[], 1, "error[bad-setting]");
    check("service = \"s3\"", first, &[], 1, "`bucket`");
    check(&format!("{folder}max_files = 3"), first, &[], 1, "error[beyond-limits]");
    check(&format!("{folder}location = \"overseas\""), first, &[], 1, "error[persons-overseas]");
    check("service = \"fs\"\npath = \"/proc/www\"", first, &[], 3, "error[");
    check(
        &site::s3("127.0.0.1:9").replace("grace_hours", "retries = 2\ngrace_hours"),
        first,
        &[],
        3,
        "error[target-unavailable]",
    );
    let lawful = Publisher::new(&format!("{folder}location = \"overseas\"\noverseas_reason = \"协议第三条\""));
    lawful.publish(Version::First, &[]).expect(0);
}

#[test]
fn expired_builds_are_refused() {
    let publisher = Publisher::new("service = \"fs\"\npath = \"www\"");
    let facts: serde_json::Value =
        serde_json::from_slice(&support::read(&built(Version::First).join(".gongkai-facts"))).expect("JSON");
    let expires = facts["expires"].as_object().expect("a map");
    let last = expires.values().filter_map(|day| day.as_str()).max().expect("penalties expire");
    let text = support::text(&publisher.root().join("portal.toml"));
    support::write(&publisher.root().join("portal.toml"), text.replace("2025-06-30", last));
    let refused = publisher.publish(Version::First, &[]).expect(1);
    assert!(refused.err.contains("built-too-early"), "{}", refused.err);
}

#[test]
fn wrong_keys_and_missing_buckets_are_said_in_one_sentence_without_secrets() {
    let Some(server) = servers::s3() else { return };
    let missing = Publisher::new(&site::s3(&server.address).replace("portal", "elsewhere"));
    let ran = missing.publish(Version::First, &[]).expect(3);
    assert!(ran.err.contains("error[no-bucket]"), "{}", ran.err);
    let publisher = Publisher::new(&site::s3(&server.address));
    let mut command = publisher.command(built(Version::First), &[]);
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        command.env_remove(name);
    }
    command.env("HOME", publisher.root()).env("AWS_EC2_METADATA_DISABLED", "true");
    let ran = support::run(&mut command).expect(3);
    assert_eq!(ran.err.matches("error[").count(), 1, "{}", ran.err);
    assert!(ran.err.contains("error[target-denied]"), "{}", ran.err);
    assert!(in_bucket(&server.address).is_empty());
}

#[test]
fn too_many_deletions_stop_before_anything_is_done() {
    let publisher = Publisher::new("service = \"fs\"\npath = \"www\"\nlayout = \"in-place\"\nmax_delete = 1");
    publisher.publish(Version::First, &[]).expect(0);
    let look = || servers::shown(&publisher.root().join("www"));
    let refused = publisher.publish(Version::Withdrawn, &[]).expect(1);
    assert!(refused.err.contains("too-many-deletions"), "{}", refused.err);
    assert_shown("untouched", Version::First, &look());
    publisher.publish(Version::Withdrawn, &["--max-delete", "100"]).expect(0);
    assert_shown("withdrawn", Version::Withdrawn, &look());
}

#[test]
fn files_of_others_are_not_overwritten_unasked() {
    let publisher = Publisher::new("service = \"fs\"\npath = \"www\"\nlayout = \"in-place\"");
    support::write(&publisher.root().join("www/theirs.html"), "别人的");
    let refused = publisher.publish(Version::First, &[]).expect(1);
    assert!(refused.err.contains("foreign-target"), "{}", refused.err);
    publisher.publish(Version::First, &["--adopt"]).expect(0);
    assert_eq!(support::text(&publisher.root().join("www/theirs.html")), "别人的");
}

/// A withdrawn page that stays online is an incident: the run fails, lists it, and the next one tries again.
#[test]
fn what_cannot_be_deleted_fails_the_run_until_it_is_gone() {
    let Some(server) = servers::webdav() else { return };
    let root = server.folder.path().join("root");
    let publisher = Publisher::new(&(site::webdav(&server.address) + "retries = 5"));
    publisher.publish(Version::First, &[]).expect(0);
    let gone = changes(Version::First, Version::Withdrawn).1;
    // Apache may not delete from a folder that is not its own.
    let locked = root.join("files");
    let permit = |mode: &str| {
        let done = std::process::Command::new("chmod").arg(mode).arg(&locked).status();
        assert!(done.is_ok_and(|status| status.success()));
    };
    let owner = std::process::Command::new("chown").arg("root").arg(&locked).status();
    if servers::user() != "root" || !owner.is_ok_and(|status| status.success()) {
        support::tell("not root: a folder cannot be taken from Apache, deletions that fail are not tried");
        return;
    }
    permit("755");
    let failed = publisher.publish(Version::Withdrawn, &[]).expect(3);
    assert!(failed.err.contains("error[not-deleted]") && failed.err.contains("files/"), "{}", failed.err);
    let planned = report(&publisher.publish(Version::Withdrawn, &["--dry-run", "--format", "json"]).expect(0));
    assert!(planned["steps"].as_array().is_some_and(|steps| (1..=gone).contains(&steps.len())), "{planned}");
    permit("777");
    publisher.publish(Version::Withdrawn, &["--verify"]).expect(0);
    assert_shown("withdrawn", Version::Withdrawn, &servers::shown(&root));
}

#[test]
fn a_purge_list_names_what_changed() {
    let settings =
        "service = \"fs\"\npath = \"www\"\nurl = \"https://cdn.example/aq\"\npurge = [\"sh\", \"-c\", \"cat > seen\"]";
    let publisher = Publisher::new(settings);
    publisher.publish(Version::First, &[]).expect(0);
    let mut command = publisher.command(built(Version::Renamed), &[]);
    support::run(command.current_dir(publisher.root())).expect(0);
    let seen = support::text(&publisher.root().join("seen"));
    assert!(seen.lines().any(|line| line == "https://cdn.example/aq/news/p0.html"), "{seen}");
    assert!(seen.lines().any(|line| line == "https://cdn.example/aq/news/"), "{seen}");
}

#[test]
fn hosts_get_their_files() {
    let out = built(Version::First).display().to_string();
    let publisher =
        Publisher::new("service = \"fs\"\npath = \"www\"\nlayout = \"in-place\"\nprovider = \"cloudflare-pages\"");
    for (host, words) in [
        ("netlify", "Strict-Transport-Security"),
        ("azure-static-web-apps", "\"globalHeaders\""),
        ("nginx", "add_header Content-Security-Policy"),
    ] {
        let ran = publisher.run(&["hosting", host, "--out", &out]).expect(0);
        assert!(ran.out.contains(words), "{}", ran.out);
    }
    publisher.publish(Version::First, &["--verify=all"]).expect(0);
    let headers = support::text(&publisher.root().join("www/_headers"));
    assert!(headers.contains("Strict-Transport-Security"), "{headers}");
}
/// What one machine remembers does not count once another has published.
#[test]
fn two_machines_in_turn() {
    let shared = support::scratch();
    let path = shared.path().join("www");
    let settings = format!(
        "service = \"fs\"\npath = \"{}\"\nlayout = \"in-place\"\nmax_delete = 1000\ngrace_hours = 0",
        path.display()
    );
    let (one, other) = (Publisher::new(&settings), Publisher::new(&settings));
    for (publisher, version) in [
        (&one, Version::First),
        (&one, Version::Withdrawn),
        (&other, Version::First),
        (&one, Version::Withdrawn),
        (&other, Version::Renamed),
        (&one, Version::First),
    ] {
        publisher.publish(version, &[]).expect(0);
        assert_shown("in turn", version, &servers::shown(&path));
    }
}

/// The automation that the documentation offers can be read by what reads it.
#[test]
fn automation_is_well_formed() {
    let folder = support::repository().join("docs/publishing");
    for name in ["github.yml", "gitlab-ci.yml", "gitee.yml"] {
        let text = support::text(&folder.join(name));
        let parsed: Result<serde_json::Value, _> = serde_saphyr::from_str(&text);
        let parsed = parsed.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(parsed.to_string().contains("publish www --verify"), "{name}");
    }
    let service = support::scratch();
    for name in ["gongkai.service", "gongkai.timer"] {
        let text = support::text(&folder.join(name)).replace("/usr/local/bin/gongkai", env!("CARGO_BIN_EXE_gongkai"));
        support::write(&service.path().join(name), text);
    }
    let verify = std::process::Command::new("systemd-analyze")
        .arg("verify")
        .args(["gongkai.service", "gongkai.timer"].map(|name| service.path().join(name)))
        .output();
    match verify {
        Ok(verify) => assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stderr)),
        Err(_) => support::tell("systemd is not there, the units are not verified"),
    }
}

/// A run that is killed and run again sends nothing twice that arrived whole: at most what was on its way.
#[test]
fn what_arrived_is_not_sent_again() {
    const PARALLEL: usize = 4;
    let Some(server) = servers::webdav() else { return };
    let proxy = Proxy::before(&server.address, 1);
    let publisher = Publisher::new(&(site::webdav(&proxy.address) + &format!("parallel = {PARALLEL}\n")));
    let mut sent: Vec<String> = Vec::new();
    let puts =
        |seen: Vec<String>| seen.into_iter().filter(|line| line.starts_with("PUT") && !line.contains("/.gongkai/"));
    let mut kills = 0;
    while kills < 3 {
        let mut child = publisher
            .command(built(Version::First), &[])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        // It takes a while until the lock is taken and something has gone out.
        let mut own = Vec::new();
        while own.len() < 20 * (kills + 1) && child.try_wait().is_ok_and(|ended| ended.is_none()) {
            std::thread::sleep(std::time::Duration::from_millis(5));
            own.extend(puts(proxy.seen()));
        }
        child.kill().expect("it was started");
        child.wait().expect("it was started");
        sent.extend(own);
        kills += 1;
    }
    publisher.publish(Version::First, &["--verify=all"]).expect(0);
    sent.extend(puts(proxy.seen()));
    let all = sent.len();
    sent.sort();
    sent.dedup();
    assert_eq!(sent.len(), shown(Version::First).len());
    assert!(all - sent.len() <= kills * PARALLEL, "{} of {all} were sent again", all - sent.len());
}
