//! All measures of one portal, in an order that keeps this program small while others' memory is measured.

use std::collections::HashMap;
use std::collections::HashSet;
use std::io;
use std::path::PathBuf;

use super::super::measure::Run;
use super::super::report::{self, Series, mebibytes};
use super::Part;
use super::building::{Files, Portal};
use super::costs::{self, Asked, Summary};
use super::document::Source;
use super::engines::{self, Gongkai, Pagefind};
use super::exact::{self, Counts, Details};
use super::known::{self, Item, Way, Words};
use super::lab::Lab;
use super::queries::{self, Class, Query};
use super::ranking::{self, Ranked};
use super::server::{self, Line, Protocol};
use super::site::{self, Search};
use super::{pagefind, table, truth};

/// The limits that the project has set itself, in bytes, trips, files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    cold: f64,
    cold_95: f64,
    trips: f64,
    warm: f64,
    files_per_page: f64,
}

impl Limits {
    pub(super) fn of_pages(pages: usize) -> Limits {
        if pages < 50_000 {
            Limits { cold: 60e3, cold_95: 150e3, trips: 4.0, warm: 30e3, files_per_page: 1.0 / 4.0 }
        } else {
            Limits { cold: 100e3, cold_95: 250e3, trips: 4.0, warm: 60e3, files_per_page: 1.0 / 10.0 }
        }
    }

    pub(super) fn of_records() -> Limits {
        Limits { cold: 150e3, cold_95: 350e3, trips: 5.0, warm: 90e3, files_per_page: 1.0 / 20.0 }
    }
}

/// A portal of so many documents is small: it is built several times to be measured, and large ones once.
const MANY: usize = 20_000;
const BUILDS: usize = 5;

/// Results on a page.
const SHOWN: usize = 10;

mod limit {
    pub(super) const CLIENT: f64 = 12.0 * 1024.0;
    pub(super) const ROOT: f64 = 10e3;
    pub(super) const OF_PAGEFIND_TIME: f64 = 1.0 / 3.0;
    pub(super) const OF_PAGEFIND_BUILD: f64 = 0.1;
    pub(super) const GROWTH: f64 = 11.0;
    pub(super) const PEAK_MIB: f64 = 2048.0;
    pub(super) const SAME_ORDER: f64 = 1.0;
    pub(super) const SCORES: f64 = 1e-4;
    pub(super) const AGREEMENT: f64 = 9.0;
    pub(super) const CHANGED_BYTES: f64 = 0.03;
    pub(super) const CHANGED_FILES: f64 = 0.05;
}

/// How often, what, and against which limits.
pub(super) struct Plan<'a> {
    pub(super) queries: usize,
    pub(super) parts: &'a [Part],
    pub(super) limits: Limits,
    pub(super) details: Details,
    pub(super) protocol: Protocol,
}

/// One portal under measurement.
pub(super) struct Round<'a> {
    pub(super) portal: Portal,
    pub(super) source: &'a dyn Source,
    pub(super) home: PathBuf,
    /// Pagefind's program, where it is to be compared.
    pub(super) rival: Option<PathBuf>,
    pub(super) plan: Plan<'a>,
}

impl Round<'_> {
    /// Measures; gives the time of index and export, if it was measured. `smaller` is that of a smaller portal.
    pub(super) fn run(&mut self, smaller: Option<(usize, f64)>) -> io::Result<Option<f64>> {
        let built = self.build(smaller)?;
        self.files()?;
        let mut queries = queries::draw(self.source, self.plan.queries);
        let mut wanted = truth::hits(self.source, &queries)?;
        keep_true_misses(&mut queries, &mut wanted);
        let mut lab = self.lab()?;
        if self.measures(Part::Cost) {
            self.costs(&mut lab, &queries, &wanted)?;
        }
        if self.measures(Part::Exact) {
            self.exactness(&mut lab, &queries, &wanted)?;
        }
        if self.measures(Part::Rank) {
            self.ranking(&mut lab)?;
        }
        if self.measures(Part::Known) {
            self.known_items(&mut lab)?;
        }
        Ok(built)
    }

    fn measures(&self, part: Part) -> bool {
        self.plan.parts.contains(&part)
    }

    fn plain(&self) -> PathBuf {
        self.home.join("plain")
    }

    /// With and without the search in turn, and Pagefind over the same texts among them.
    fn build(&self, smaller: Option<(usize, f64)>) -> io::Result<Option<f64>> {
        if !self.measures(Part::Build) {
            self.index_rival(false)?;
            if !self.portal.out().join("search/root.json").exists() {
                self.portal.build_anew(Search::With)?;
            }
            return Ok(None);
        }
        let runs = if self.source.count() > MANY { 1 } else { BUILDS };
        let (mut with, mut without, mut rival) = (Series::default(), Series::default(), None);
        for run in 0..runs {
            if run == runs / 2 {
                rival = self.index_rival(true)?;
            }
            without.0.push(self.portal.build_anew(Search::Without)?);
            with.0.push(self.portal.build_anew(Search::With)?);
        }
        println!("{}", report::line("gongkai", &with));
        println!("{}", report::line("no search", &without));
        let seconds = (with.median_wall() - without.median_wall()).max(0.0);
        let cpu = (with.median_cpu() - without.median_cpu()).max(0.0);
        table::at_most("index and export, wall, s", seconds, None);
        table::at_most("index and export, processor, s", cpu, None);
        if let Some(rival) = rival {
            let peak = ratio(with.peak(), rival.peak);
            let (rival_wall, rival_cpu) = (rival.wall.as_secs_f64(), rival.cpu.as_secs_f64());
            println!("{}", report::line("pagefind", &Series(vec![rival])));
            let wall = seconds / rival_wall;
            table::at_most("wall of index and export / Pagefind's", wall, Some(limit::OF_PAGEFIND_BUILD));
            table::at_most("processor time of both", cpu / rival_cpu, None);
            table::at_most("peak of the whole build / Pagefind's", peak, Some(limit::OF_PAGEFIND_BUILD));
        }
        #[expect(clippy::cast_precision_loss, reason = "mebibytes are few")]
        table::at_most("peak of the whole build, MiB", mebibytes(with.peak()) as f64, Some(limit::PEAK_MIB));
        if let Some((pages, before)) = smaller {
            let name = format!("growth of index and export from {pages} pages");
            table::at_most(&name, seconds / before.max(1e-3), Some(limit::GROWTH));
        }
        Ok(Some(seconds))
    }

    /// Pagefind's index, unless an earlier run has left one that need not be measured.
    fn index_rival(&self, measured: bool) -> io::Result<Option<Run>> {
        let Some(program) = &self.rival else { return Ok(None) };
        if !measured && self.plain().join("pagefind").exists() {
            return Ok(None);
        }
        super::clear(&self.plain())?;
        site::write_plain(&self.plain(), self.source)?;
        Ok(Some(pagefind::index(program, &self.plain())?))
    }

    fn files(&self) -> io::Result<()> {
        let search = self.portal.out().join("search");
        let files = Files::of(&search)?;
        #[expect(clippy::cast_precision_loss, reason = "files are few")]
        let share = files.count() as f64 / self.source.count() as f64;
        table::at_most("search files for each page", share, Some(self.plan.limits.files_per_page));
        let kinds: Vec<String> = files
            .by_folder()
            .into_iter()
            .map(|(name, count, bytes)| format!("{name} {count} files {} KB", bytes / 1000))
            .collect();
        println!("    {} files, {} KB: {}", files.count(), files.bytes() / 1000, kinds.join("; "));
        for (name, file, most) in [
            ("client script, compressed, bytes", engines::client(&self.portal.out())?, limit::CLIENT),
            ("root, compressed, bytes", "root.json".to_owned(), limit::ROOT),
        ] {
            #[expect(clippy::cast_precision_loss, reason = "bytes are few")]
            let size = server::gzip(&std::fs::read(search.join(file))?).len() as f64;
            table::at_most(name, size, Some(most));
        }
        Ok(())
    }

    fn lab(&self) -> io::Result<Lab> {
        let mut mounts = vec![(engines::PORTAL.to_owned(), self.portal.out())];
        let page = engines::gongkai_page(&self.portal.out())?;
        let mut pages = HashMap::from([(format!("/{}", engines::GONGKAI_PAGE), page)]);
        if self.rival.is_some() {
            mounts.push((engines::PLAIN.to_owned(), self.plain()));
            pages.insert(format!("/{}", engines::PAGEFIND_PAGE), engines::pagefind_page());
        }
        Lab::open(mounts, pages, self.plan.protocol)
    }

    fn address(&self, at: u32) -> String {
        let at = at as usize;
        match at.checked_sub(self.source.count()) {
            None => self.source.document(at).url,
            Some(guide) => self.source.guides()[guide].url.clone(),
        }
    }

    fn costs(&self, lab: &mut Lab, queries: &[Query], wanted: &[Vec<u32>]) -> io::Result<()> {
        let ours = costs::ask(lab, &Gongkai, queries, &|_| true)?;
        println!("  gongkai, {} queries: KB to ten results, cold", ours.len());
        self.print_costs(queries, wanted, &ours);
        print_kinds(&ours);
        let all = costs::summary(ours.iter(), |_, _| true);
        let limits = self.plan.limits;
        table::at_most("cold, median, KB", all.bytes / 1000.0, Some(limits.cold / 1000.0));
        table::at_most("cold, 95th percentile, KB", all.bytes_95 / 1000.0, Some(limits.cold_95 / 1000.0));
        table::at_most("round trips, cold, median", all.trips, Some(limits.trips));
        table::at_most("warm, median, KB", all.warm / 1000.0, Some(limits.warm / 1000.0));
        print_dearest(queries, &ours);
        if self.rival.is_some() {
            let theirs = costs::ask(lab, &Pagefind, queries, &Pagefind::can_be_asked)?;
            println!("  pagefind, {} queries: KB to ten results, cold", theirs.len());
            self.print_costs(queries, wanted, &theirs);
            print_kinds(&theirs);
            let ratio = all.seconds / costs::summary(theirs.iter(), |_, _| true).seconds;
            table::at_most("time to ten results, cold, median / Pagefind's", ratio, Some(limit::OF_PAGEFIND_TIME));
        }
        Ok(())
    }

    fn print_costs(&self, queries: &[Query], wanted: &[Vec<u32>], asked: &[Asked]) {
        let mut rows = Vec::new();
        let wanted: Vec<HashSet<String>> =
            wanted.iter().map(|hits| hits.iter().map(|at| self.address(*at)).collect()).collect();
        let is_match = |query: usize, url: &str| wanted[query].contains(url);
        for class in costs::classes(queries, asked) {
            let of_class = asked.iter().filter(|one| queries[one.query].class == class);
            rows.push(cost_row(class.name(), &costs::summary(of_class, is_match)));
        }
        rows.push(cost_row("all", &costs::summary(asked.iter(), is_match)));
        let head =
            ["class", "n", "median", "95%", "headers", "requests", "trips", "seconds", "warm", "first ten right"];
        table::rows(&head, &rows);
    }

    fn exactness(&self, lab: &mut Lab, queries: &[Query], wanted: &[Vec<u32>]) -> io::Result<()> {
        lab.fresh(&Gongkai)?;
        let address = |at: u32| self.address(at);
        let counts = exact::count(queries, wanted, &address, self.plan.details, &mut |query| {
            let (answer, _) = lab.ask_raw(&engines::everything(query), Line::FREE)?;
            let urls = if answer.is_exact() { answer.urls() } else { Vec::new() };
            let total = if answer.is_exact() { answer.total() } else { 0 };
            Ok(Some((urls.into_iter().map(str::to_owned).collect(), total)))
        })?;
        println!("  gongkai, everything read");
        print_counts(&counts);
        let least = |of: fn(&Counts) -> f64| counts.iter().map(|(_, counts)| of(counts)).fold(1.0, f64::min);
        table::at_least("recall of the worst class", least(Counts::recall), 1.0);
        table::at_least("precision of the worst class", least(Counts::precision), 1.0);
        self.exactness_on_command_line(queries, wanted)?;
        if self.rival.is_some() {
            let addresses = pagefind::addresses(&self.plain())?;
            for (name, quoted) in [("pagefind", false), ("pagefind, in quotation marks", true)] {
                lab.fresh(&Pagefind)?;
                let counts = exact::count(queries, wanted, &address, self.plan.details, &mut |query| {
                    let asked = if quoted { Pagefind::quoted(query) } else { Pagefind::unquoted(query) };
                    let Some(mut question) = asked else { return Ok(None) };
                    question["shown"] = serde_json::json!(0);
                    let (answer, _) = lab.ask_raw(&question, Line::FREE)?;
                    let urls = answer.urls().into_iter().filter_map(|id| addresses.get(id).cloned()).collect();
                    Ok(Some((urls, answer.total())))
                })?;
                println!("  {name}");
                print_counts(&counts);
            }
        }
        Ok(())
    }

    /// The same of tantivy's side, for queries without filters.
    fn exactness_on_command_line(&self, queries: &[Query], wanted: &[Vec<u32>]) -> io::Result<()> {
        let plain = |at: &usize| queries[*at].filters == queries::Filters::default();
        let chosen: Vec<usize> = (0..queries.len()).filter(plain).collect();
        let queries: Vec<Query> = chosen.iter().map(|at| queries[*at].clone()).collect();
        let wanted: Vec<Vec<u32>> = chosen.iter().map(|at| wanted[*at].clone()).collect();
        let all = self.source.count() + self.source.guides().len();
        let answers = ranking::on_command_line(&self.portal.gongkai, &self.portal.site, &queries, all)?;
        let mut answers = answers.into_iter();
        let counts = exact::count(&queries, &wanted, &|at| self.address(at), self.plan.details, &mut |_| {
            let answer = answers.next().expect("one for each query");
            Ok(Some(if answer.loose { (Vec::new(), 0) } else { (answer.urls, answer.total) }))
        })?;
        println!("  gongkai search");
        print_counts(&counts);
        Ok(())
    }

    fn ranking(&self, lab: &mut Lab) -> io::Result<()> {
        let queries: Vec<Query> = queries::draw(self.source, 30)
            .into_iter()
            .filter(|query| query.filters == queries::Filters::default())
            .collect();
        let ours = self.ranked(lab, &queries, true, ranking::COMPARED)?;
        let sparing = self.ranked(lab, &queries, false, 10)?;
        let theirs = ranking::on_command_line(&self.portal.gongkai, &self.portal.site, &queries, ranking::COMPARED)?;
        let (mut same, mut totals, mut difference) = (0_u32, 0_u32, 0.0_f64);
        for (query, (ours, theirs)) in queries.iter().zip(ours.iter().zip(&theirs)) {
            let agreement = ranking::agreement(ours, theirs);
            same += u32::from(agreement.order);
            totals += u32::from(agreement.totals);
            difference = difference.max(agreement.difference);
            if !agreement.order && self.plan.details == Details::Named {
                eprintln!("    {:?}: {agreement:?}", query.text());
            }
        }
        let count = f64::from(u32::try_from(queries.len()).expect("queries are few"));
        println!("  ranking, {count} queries, first {} results", ranking::COMPARED);
        table::at_least("in the command line's order", f64::from(same) / count, limit::SAME_ORDER);
        table::at_least("with the command line's total", f64::from(totals) / count, 1.0);
        table::at_most("greatest difference of scores", difference, Some(limit::SCORES));
        let overlaps = sparing.iter().zip(&ours).map(|(few, all)| ranking::overlap(&few.urls, &all.urls));
        table::at_least(
            "first ten, read sparingly, in the exhaustive ten",
            overlaps.sum::<f64>() / count,
            limit::AGREEMENT,
        );
        self.exact_first(lab)
    }

    fn ranked(&self, lab: &mut Lab, queries: &[Query], all: bool, limit: usize) -> io::Result<Vec<Ranked>> {
        lab.fresh(&Gongkai)?;
        let ask = |query: &Query| {
            let mut question = engines::everything(query);
            question["options"]["everything"] = serde_json::json!(all);
            question["options"]["limit"] = serde_json::json!(limit);
            let (answer, _) = lab.ask_raw(&question, Line::FREE)?;
            let urls = answer.urls().into_iter().map(str::to_owned).collect();
            Ok(Ranked { urls, scores: answer.scores(), total: answer.total(), loose: !answer.is_exact() })
        };
        queries.iter().map(ask).collect()
    }

    /// Whole titles, names and numbers: does the first result have them?
    fn exact_first(&self, lab: &mut Lab) -> io::Result<()> {
        let step = (self.source.count() / 60).max(1);
        let (mut asked, mut first) = (0_u32, 0_u32);
        lab.fresh(&Gongkai)?;
        for at in (0..self.source.count()).step_by(step) {
            let document = self.source.document(at);
            let name = document.name.iter().cloned();
            for text in std::iter::once(document.title.clone()).chain(document.codes.iter().cloned()).chain(name) {
                let query =
                    Query { class: Class::Titles, terms: vec![text.clone()], filters: queries::Filters::default() };
                let (answer, _) = lab.ask(&Gongkai, &query, Line::FREE)?;
                asked += 1;
                let found = answer.urls().first().is_some_and(|url| self.has(url, &text));
                first += u32::from(found);
                if !found && self.plan.details == Details::Named {
                    eprintln!("    {text}: {:?}", answer.urls().first());
                }
            }
        }
        table::at_least("exact titles, names and numbers that are first", f64::from(first) / f64::from(asked), 1.0);
        Ok(())
    }

    /// Whether the page at an address has this title, name or code as a whole.
    fn has(&self, url: &str, text: &str) -> bool {
        let digits: String = url.chars().filter(char::is_ascii_digit).collect();
        let Some(document) =
            digits.parse().ok().filter(|at| *at < self.source.count()).map(|at| self.source.document(at))
        else {
            return false;
        };
        document.url == url
            && (document.title == text
                || document.name.as_deref() == Some(text)
                || document.codes.iter().any(|code| code == text))
    }

    fn known_items(&self, lab: &mut Lab) -> io::Result<()> {
        let items = known::items(self.source, 150);
        let queries: Vec<Query> = items.iter().map(|item| item.query.clone()).collect();
        let ours = self.ranked(lab, &queries, true, known::PATIENCE)?;
        let sparing = self.ranked(lab, &queries, false, SHOWN)?;
        let urls = |ranked: Vec<Ranked>| -> Vec<Vec<String>> { ranked.into_iter().map(|ranked| ranked.urls).collect() };
        let (ours, sparing) = (urls(ours), urls(sparing));
        let words = Words::index(self.source)?;
        println!("  known items, {} queries, mean reciprocal rank", items.len());
        for (name, way) in [("titles in part", Way::Title), ("key words of a question", Way::Question)] {
            for (reading, results, places) in [("", &ours, known::PATIENCE), (", read sparingly", &sparing, SHOWN)] {
                let best = best_rival(&words, &items, way, places)?;
                let mean = known::mean_reciprocal_rank(&items, way, results, places);
                let name = format!("{name}{reading}, first {places}; limit is tantivy with jieba");
                table::at_least(&name, mean, best);
            }
        }
        Ok(())
    }

    /// Adds pages by `add`, builds again and prints what changed.
    pub(super) fn publish(&self, add: &dyn Fn(&std::path::Path) -> io::Result<()>) -> io::Result<()> {
        let search = self.portal.out().join("search");
        let before = Files::of(&search)?;
        add(&self.portal.site)?;
        let run = self.portal.build(Search::With)?;
        let after = Files::of(&search)?;
        let change = after.since(&before);
        println!("  after 20 new pages");
        println!("{}", report::line("gongkai", &Series(vec![run])));
        println!("    {} files changed, {} KB; {} removed", change.files, change.bytes / 1000, change.removed);
        // The search of a small portal is in one tier, which any change makes anew.
        let limit = |most: f64| (self.source.count() > MANY).then_some(most);
        let bytes = ratio(change.bytes, after.bytes());
        table::at_most("share of the search bytes that changed", bytes, limit(limit::CHANGED_BYTES));
        let files = ratio(change.files as u64, after.count() as u64);
        table::at_most("share of the search files that changed", files, limit(limit::CHANGED_FILES));
        let removed = ratio(change.removed as u64, before.count() as u64);
        table::at_most("share of the search files that were removed", removed, None);
        Ok(())
    }
}

/// The rival with the weight of titles that suits it best, of which as many results count.
fn best_rival(words: &Words, items: &[Item], way: Way, places: usize) -> io::Result<f64> {
    let mut best = 0.0_f64;
    for boost in [1.0, 2.0, 4.0] {
        let results: Vec<Vec<String>> =
            items.iter().map(|item| words.search(&item.query.text(), boost)).collect::<io::Result<_>>()?;
        best = best.max(known::mean_reciprocal_rank(items, way, &results, places));
    }
    Ok(best)
}

/// Drawn misses that are none after all are left out.
fn keep_true_misses(queries: &mut Vec<Query>, wanted: &mut Vec<Vec<u32>>) {
    let kept: Vec<bool> =
        queries.iter().zip(&*wanted).map(|(query, hits)| query.class != Class::Misses || hits.is_empty()).collect();
    let mut at = kept.iter();
    queries.retain(|_| *at.next().expect("one for each query"));
    let mut at = kept.iter();
    wanted.retain(|_| *at.next().expect("one for each query"));
}

fn cost_row(name: &str, summary: &Summary) -> Vec<String> {
    vec![
        name.to_owned(),
        summary.count.to_string(),
        table::kilobytes(summary.bytes),
        table::kilobytes(summary.bytes_95),
        table::kilobytes(summary.head),
        table::shown(summary.requests),
        table::shown(summary.trips),
        format!("{:.2}", summary.seconds),
        table::kilobytes(summary.warm),
        format!("{:.3}", summary.precision),
    ]
}

fn print_kinds(asked: &[Asked]) {
    let kinds = costs::by_kind(asked).into_iter().map(|(name, median, most, requests)| {
        format!("{name} {}/{} ({requests:.0})", table::kilobytes(median), table::kilobytes(most))
    });
    println!("    KB median/95% (requests): {}", kinds.collect::<Vec<_>>().join("; "));
}

fn print_dearest(queries: &[Query], asked: &[Asked]) {
    let mut asked: Vec<&Asked> = asked.iter().collect();
    asked.sort_by_key(|one| std::cmp::Reverse(one.cold.body));
    for one in asked.iter().take(5) {
        let query = &queries[one.query];
        let shown = one.answer.excerpts();
        println!(
            "    dearest: {} KB, {shown} excerpts: {:?} {:?}",
            one.cold.body / 1000,
            query.text(),
            query.filters.facets
        );
    }
}

fn print_counts(counts: &[(Class, Counts)]) {
    let rows: Vec<Vec<String>> = counts
        .iter()
        .map(|(class, counts)| {
            vec![
                class.name().to_owned(),
                counts.queries.to_string(),
                counts.wanted.to_string(),
                format!("{:.4}", counts.recall()),
                format!("{:.4}", counts.precision()),
                counts.unequal.to_string(),
                counts.wrong_totals.to_string(),
            ]
        })
        .collect();
    table::rows(&["class", "n", "matches", "recall", "precision", "unequal", "wrong totals"], &rows);
}

#[expect(clippy::cast_precision_loss, reason = "bytes and files are few")]
fn ratio(of: u64, to: u64) -> f64 {
    if to == 0 { 0.0 } else { of as f64 / to as f64 }
}
