//! What a reviewer lets pass, and for how long.

use std::io::Write;

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

/// A number in a file of an unknown kind is found, packed or not; digits that only lie near each other are none.
#[test]
fn a_file_of_an_unknown_kind_is_searched_for_whole_numbers() {
    let packed = |bytes: &[u8]| {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(bytes).expect("memory takes every byte");
        writer.finish().expect("memory takes every byte")
    };
    let whole = b"\0\x81\xFF\x01 13912345678 \x01\xFF\0";
    let apart = b"\0\x81\xFFab.1391234\x015678\xFF\0";
    for (bytes, code) in [(whole.to_vec(), 1), (packed(whole), 1), (apart.to_vec(), 0), (packed(apart), 0)] {
        let root = site();
        let notice = "+++\ntitle = \"通告\"\npublished_on = 2025-01-02\nattachments = [\"a.bin\"]\n+++\n\n正文。\n";
        support::write(&root.path().join("content/news/a.md"), notice);
        std::fs::write(root.path().join("content/news/a.bin"), bytes).expect("the site can be written");
        let said = support::gongkai(root.path(), &["check"]).expect(code).said();
        assert_eq!(said.contains("13*******78"), code == 1, "{said}");
    }
}
