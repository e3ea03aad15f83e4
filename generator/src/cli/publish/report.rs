//! What publishing did, for people and for programs.

use gongkai::publish::Published;
use serde_json::json;

use crate::cli::Console;
use crate::cli::report::size;

pub(super) fn summary(console: Console, published: &Published, dry_run: bool) -> String {
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

/// The machine-readable result.
pub(super) fn as_json(published: &Published, dry_run: bool) -> serde_json::Value {
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
