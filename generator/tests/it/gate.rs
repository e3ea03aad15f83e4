//! What a reviewer lets pass, and for how long.

use crate::inputs::site;
use crate::support;

/// What a reviewer let pass in an attachment no longer stands there: `check`, which looks into all of them, says so.
#[test]
fn an_entry_for_an_attachment_goes_stale() {
    let root = site();
    let notice = "+++\ntitle = \"通告\"\npublished_on = 2025-01-02\nattachments = [\"a.txt\"]\n+++\n\n正文。\n";
    support::write(&root.path().join("content/news/a.md"), notice);
    let attached = root.path().join("content/news/a.txt");
    support::write(&attached, "公务车豫A12345。");
    let said = support::gongkai(root.path(), &["check"]).said();
    let mark = said.split_once("fingerprint = \"").map(|(_, rest)| &rest[..16]).unwrap_or_else(|| panic!("{said}"));
    let allow = format!(
        "[[allow]]\nfile = \"news/a.txt\"\nkind = \"plate\"\nfingerprint = \"{mark}\"\nreason = \"公务车辆\"\nreviewer = \"样例员\"\non = \"2025-01-02\"\n"
    );
    support::write(&root.path().join("content/_privacy.toml"), allow);
    let said = support::gongkai(root.path(), &["check"]).expect(0).said();
    assert!(!said.contains("stale-allow"), "{said}");
    support::write(&attached, "公务车。");
    let said = support::gongkai(root.path(), &["check"]).expect(0).said();
    assert!(said.contains("stale-allow") && said.contains("news/a.txt"), "{said}");
    support::gongkai(root.path(), &["check", "--strict"]).expect(1);
}
