//! What has to be done so that a target shows a release: a pure diff of manifests to steps with a reason each,
//! and the state that will then hold. Does no I/O and knows no service.

mod releases;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::class::{Class, class, is_page};
use super::release::Release;
use super::state::State;
use crate::text::Text;

pub(super) use releases::{Shelf, shelve};

/// How long it is remembered that an address was taken off the site.
const REMEMBERED_DAYS: i32 = 400;

/// In this order, each finished before the next begins. References lead only to what is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Hashed,
    /// Addresses that nothing on the site names yet: what new pages name, then they themselves. A reader with an
    /// older list may know them from an earlier release.
    NewFile,
    NewPage,
    Leaf,
    List,
    Pointer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    New,
    Changed,
    /// Same bytes, other headers.
    Headers,
    /// An interrupted publisher may have written something else there.
    Uncertain,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Upload {
    pub(super) path: String,
    pub(super) phase: Phase,
    pub(super) why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WhyNot {
    /// The site has no such address any more.
    Removed,
    /// No page names this hashed file any more.
    Unnamed,
    /// It holds, or may hold, what has ended; it goes at once.
    Ended,
    /// Left by an interrupted publisher, or still due from the last run.
    LeftOver,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Delete {
    pub(super) path: String,
    pub(super) why: WhyNot,
}

/// What a target is known to hold.
pub(super) struct Known<'a> {
    pub(super) state: &'a State,
    /// The release that readers see; none before the first.
    pub(super) live: Option<&'a Release>,
    /// Releases whose publishers were interrupted: at each of their paths may stand theirs.
    pub(super) begun: &'a [Release],
    /// Paths that arrived whole in an interrupted run of this very release.
    pub(super) arrived: &'a BTreeSet<String>,
}

/// When, and what of the past counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Seconds since 1970.
    pub(super) now: i64,
    /// Today in Beijing.
    pub(super) today: Date,
    /// For how long hashed files stay that no page names any more.
    pub(super) grace_seconds: i64,
}

#[derive(Debug, Default)]
pub(super) struct Plan {
    /// By phase, then path.
    pub(super) uploads: Vec<Upload>,
    /// Pages before what they name, then by path.
    pub(super) deletes: Vec<Delete>,
    /// Objects that stand as they should.
    pub(super) unchanged: usize,
    /// Addresses that readers see now and will not see then.
    pub(super) lost: Vec<String>,
    /// What the target will remember once the release is shown, the deletions still due.
    pub(super) next: State,
}

/// Steps for a target whose files lie at their addresses.
pub(super) fn plan(local: &Release, id: &str, known: &Known<'_>, moment: Moment) -> Plan {
    let mut plan = Plan::default();
    uploads(local, known, &mut plan);
    plan.lost = lost(local, known.live);
    let ending = moment.grace_seconds == 0 || something_ended(local, known.live, &plan.lost);
    let state = known.state;
    for path in candidates(known).into_iter().filter(|path| !local.objects.contains_key(*path)) {
        let of_live = known.live.is_some_and(|live| live.objects.contains_key(path));
        let since = state.retired.get(path).copied();
        let hashed = class(path) == Class::Hashed && !state.deleting.contains(path);
        let fresh = since.is_none_or(|since| moment.now - since < moment.grace_seconds);
        if hashed && fresh && !ending {
            plan.next.retired.insert(path.to_owned(), since.unwrap_or(moment.now));
            continue;
        }
        let why = match (hashed, of_live) {
            (true, _) if ending => WhyNot::Ended,
            (true, _) => WhyNot::Unnamed,
            (false, true) => WhyNot::Removed,
            (false, false) => WhyNot::LeftOver,
        };
        plan.deletes.push(Delete { path: path.to_owned(), why });
    }
    plan.deletes.sort_by_key(|delete| !is_page(&delete.path));
    plan.next.release = id.to_owned();
    plan.next.published = moment.now;
    plan.next.gone = gone(local, state, &plan.lost, &plan.deletes, moment.today);
    plan.next.deleting = plan.deletes.iter().map(|delete| delete.path.clone()).collect();
    plan
}

/// Steps for a target that holds whole releases: every object of one that is not there yet.
pub(super) fn whole(local: &Release, id: &str, known: &Known<'_>, moment: Moment) -> Plan {
    let mut plan = Plan { lost: lost(local, known.live), ..Plan::default() };
    if !known.state.releases.iter().any(|kept| kept.id == id) {
        let nothing = Known { live: None, begun: &[], ..*known };
        uploads(local, &nothing, &mut plan);
    } else {
        plan.unchanged = local.objects.len();
    }
    plan.next.release = id.to_owned();
    plan.next.published = moment.now;
    plan.next.gone = gone(local, known.state, &plan.lost, &[], moment.today);
    plan
}

fn uploads(local: &Release, known: &Known<'_>, plan: &mut Plan) {
    for path in local.objects.keys() {
        let differs = |begun: &&Release| begun.objects.contains_key(path) && !begun.has_same(path, local);
        let there = known.live.and_then(|live| live.objects.get(path).map(|object| (live, object)));
        let why = match there {
            _ if known.arrived.contains(path) => None,
            _ if known.begun.iter().find(differs).is_some() => Some(Why::Uncertain),
            None => Some(Why::New),
            Some((live, _)) if live.has_same(path, local) => None,
            Some((_, object)) if object.sha256 == local.objects[path].sha256 => Some(Why::Headers),
            Some(_) => Some(Why::Changed),
        };
        match why {
            Some(why) => {
                let phase = phase(path, there.is_none());
                plan.uploads.push(Upload { path: path.clone(), phase, why });
            }
            None => plan.unchanged += 1,
        }
    }
    plan.uploads.sort_by(|a, b| (a.phase, &a.path).cmp(&(b.phase, &b.path)));
}

fn phase(path: &str, is_new: bool) -> Phase {
    match class(path) {
        Class::Hashed => Phase::Hashed,
        // Where readers begin comes last even when it is new.
        Class::Pointer => Phase::Pointer,
        _ if is_new && is_page(path) => Phase::NewPage,
        _ if is_new => Phase::NewFile,
        Class::Leaf => Phase::Leaf,
        Class::List => Phase::List,
    }
}

/// Everything that may lie in the target because of us.
fn candidates<'a>(known: &Known<'a>) -> BTreeSet<&'a str> {
    let of = |release: &'a Release| release.objects.keys().map(String::as_str);
    let mut paths: BTreeSet<&str> = known.live.into_iter().chain(known.begun).flat_map(of).collect();
    paths.extend(known.state.deleting.iter().chain(known.state.retired.keys()).map(String::as_str));
    paths
}

/// Addresses without a hash that readers can see now and the release has not.
fn lost(local: &Release, live: Option<&Release>) -> Vec<String> {
    let paths = live.into_iter().flat_map(|live| live.objects.keys());
    paths.filter(|path| class(path) != Class::Hashed && !local.objects.contains_key(*path)).cloned().collect()
}

/// Whether a record has ended since: then also files and search data that hold its words must go at once.
fn something_ended(local: &Release, live: Option<&Release>, lost: &[String]) -> bool {
    let newly = |live: &Release| local.ended.difference(&live.ended).next().is_some();
    lost.iter().any(|path| class(path) == Class::Leaf) || live.is_some_and(newly)
}

/// Addresses of records and attachments that were taken off the site.
fn gone(local: &Release, state: &State, lost: &[String], deletes: &[Delete], today: Date) -> BTreeMap<String, String> {
    let oldest = today.checked_sub(jiff::Span::new().days(REMEMBERED_DAYS)).unwrap_or(Date::MIN).to_string();
    let mut gone = state.gone.clone();
    let leaves = lost.iter().filter(|path| class(path) == Class::Leaf);
    let attachments = deletes.iter().map(|delete| &delete.path).filter(|path| path.starts_with("files/"));
    for path in leaves.chain(attachments) {
        gone.entry(path.clone()).or_insert_with(|| today.to_string());
    }
    gone.retain(|path, day| !local.objects.contains_key(path) && *day >= oldest);
    gone
}

impl Why {
    pub(super) fn text(self) -> Text {
        match self {
            Why::New => Text::new("新增", "new"),
            Why::Changed => Text::new("内容有变", "changed"),
            Why::Headers => Text::new("响应头有变", "other headers"),
            Why::Uncertain => Text::new("上次中断时可能写过", "an interrupted run may have written it"),
        }
    }
}

impl WhyNot {
    pub(super) fn text(self) -> Text {
        match self {
            WhyNot::Removed => Text::new("站点已无此地址", "the site has it no more"),
            WhyNot::Unnamed => Text::new("已无页面引用", "no page names it any more"),
            WhyNot::Ended => Text::new("可能含有已到期或撤回的内容", "may hold what expired or was withdrawn"),
            WhyNot::LeftOver => Text::new("中断的发布遗留", "left by an interrupted run"),
        }
    }
}

impl Phase {
    pub(super) const ALL: [Phase; 6] =
        [Phase::Hashed, Phase::NewFile, Phase::NewPage, Phase::Leaf, Phase::List, Phase::Pointer];

    pub(super) fn text(self) -> Text {
        match self {
            Phase::Hashed => Text::new("带哈希的文件", "hashed files"),
            Phase::NewFile => Text::new("新文件", "new files"),
            Phase::NewPage => Text::new("新页面", "new pages"),
            Phase::Leaf => Text::new("页面", "pages"),
            Phase::List => Text::new("名单", "lists"),
            Phase::Pointer => Text::new("入口", "entry files"),
        }
    }
}

#[cfg(test)]
mod tests;
