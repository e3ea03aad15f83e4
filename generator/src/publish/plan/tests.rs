//! The diff, case by case.

use jiff::civil::date;

use super::*;
use crate::publish::release::tests::{plain, release};

const HOUR: i64 = 3600;
const NOW: i64 = 1_000_000;

/// What is planned, a word a step: `+new a.html`, `-removed b.html`.
fn steps(plan: &Plan) -> Vec<String> {
    let uploads = plan.uploads.iter().map(|upload| format!("+{} {}", upload.why.text().en, upload.path));
    let deletes = plan.deletes.iter().map(|delete| format!("-{:?} {}", delete.why, delete.path));
    uploads.chain(deletes).collect()
}

fn planned(local: &Release, live: Option<&Release>, begun: &[Release], state: &State, arrived: &[&str]) -> Plan {
    let arrived = arrived.iter().map(|path| (*path).to_owned()).collect();
    let known = Known { state, live, begun, arrived: &arrived };
    plan(local, "id", &known, Moment { now: NOW, today: date(2026, 3, 1), grace_seconds: HOUR })
}

#[test]
fn assets_come_first_and_entries_last() {
    let local = release(&["a/x.html=1", "a/index.html=1", "assets/m.css=1", "feed.xml=1", "index.html=1"]);
    let live = release(&["a/x.html=0", "a/index.html=0", "index.html=0"]);
    let plan = planned(&local, Some(&live), &[], &State::default(), &[]);
    let expected =
        ["+new assets/m.css", "+changed a/x.html", "+changed a/index.html", "+new feed.xml", "+changed index.html"];
    assert_eq!(steps(&plan), expected);
}

#[test]
fn new_pages_come_after_what_they_name() {
    let plan = planned(&release(&["a/x.html=1", "a/x.json=1", "files/x.pdf=1"]), None, &[], &State::default(), &[]);
    assert_eq!(steps(&plan), ["+new files/x.pdf", "+new a/x.json", "+new a/x.html"]);
}

#[test]
fn only_what_differs_is_uploaded() {
    let live = release(&["a.html=1", "b/x.html=1"]);
    assert!(steps(&planned(&live, Some(&live), &[], &State::default(), &[])).is_empty());
    let mut local = release(&["a.html=1"]);
    local.add("b/x.html".to_owned(), "1".to_owned(), 1, plain("max-age=60"));
    let plan = planned(&local, Some(&live), &[], &State::default(), &[]);
    assert_eq!((steps(&plan), plan.unchanged), (vec!["+other headers b/x.html".to_owned()], 1));
}

#[test]
fn a_removed_page_goes_and_takes_its_files_with_it() {
    let live = release(&["n/a.html=1", "n/b.html=1", "n/b.json=1", "files/b.pdf=1", "assets/old.css=1"]);
    let local = release(&["n/a.html=1"]);
    let plan = planned(&local, Some(&live), &[], &State::default(), &[]);
    assert_eq!(steps(&plan), ["-Removed n/b.html", "-Ended assets/old.css", "-Ended files/b.pdf", "-Removed n/b.json"]);
    assert_eq!(plan.lost, ["n/b.html", "n/b.json"]);
    assert_eq!(plan.next.gone.keys().collect::<Vec<_>>(), ["files/b.pdf", "n/b.html", "n/b.json"]);
    assert_eq!(plan.next.deleting.len(), 4);
}

#[test]
fn a_record_that_ended_behind_a_notice_takes_its_files_with_it() {
    let live = release(&["n/a.html=1", "files/a.pdf=1"]);
    let mut local = release(&["n/a.html=notice"]);
    local.ended.insert("n/a.html".to_owned());
    let plan = planned(&local, Some(&live), &[], &State::default(), &[]);
    assert_eq!(steps(&plan), ["+changed n/a.html", "-Ended files/a.pdf"]);
}

#[test]
fn a_replaced_asset_stays_for_a_while() {
    let live = release(&["n/a.html=1", "assets/old.css=1"]);
    let local = release(&["n/a.html=2", "assets/new.css=1"]);
    let plan = planned(&local, Some(&live), &[], &State::default(), &[]);
    assert_eq!(steps(&plan), ["+new assets/new.css", "+changed n/a.html"]);
    assert_eq!(plan.next.retired["assets/old.css"], NOW);
    let mut later = plan.next;
    let same = |state: &State| steps(&planned(&local, Some(&local), &[], state, &[]));
    assert!(same(&later).is_empty(), "within the grace");
    later.retired.insert("assets/old.css".to_owned(), NOW - 2 * HOUR);
    assert_eq!(same(&later), ["-Unnamed assets/old.css"]);
}

#[test]
fn what_an_interrupted_publisher_may_have_written_is_written_again_or_deleted() {
    let live = release(&["n/a.html=1", "n/c.html=1"]);
    let begun = release(&["n/a.html=2", "n/b.html=2", "n/c.html=1"]);
    let plan = planned(&live, Some(&live), std::slice::from_ref(&begun), &State::default(), &[]);
    assert_eq!(steps(&plan), ["+an interrupted run may have written it n/a.html", "-LeftOver n/b.html"]);
}

#[test]
fn what_arrived_is_not_sent_again() {
    let local = release(&["a.html=1", "b.html=1"]);
    let plan = planned(&local, None, std::slice::from_ref(&local), &State::default(), &["a.html"]);
    assert_eq!(steps(&plan), ["+new b.html"]);
}

#[test]
fn deletions_that_are_due_are_remembered() {
    let local = release(&["n/a.html=1"]);
    let state = State { deleting: ["n/b.html".to_owned(), "assets/x.css".to_owned()].into(), ..State::default() };
    let plan = planned(&local, Some(&local), &[], &state, &[]);
    assert_eq!(steps(&plan), ["-LeftOver n/b.html", "-LeftOver assets/x.css"]);
    let back = release(&["n/a.html=1", "n/b.html=1"]);
    let plan = planned(&back, Some(&local), &[], &state, &[]);
    assert_eq!(steps(&plan), ["+new n/b.html", "-LeftOver assets/x.css"], "an address that lives again");
}
