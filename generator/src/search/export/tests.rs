//! What is exported is what tantivy holds: the files are read back and compared, term by term.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use tantivy::postings::Postings as _;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED};

use super::bits::reading::{Reader, Truncated};
use super::head::COUNT;
use super::sample::{Sample, partition};
use super::*;
use crate::format::gzip::gzip;
use crate::search::fold::fold;
use crate::search::schema::schema;
use crate::text::Random;

/// Documents, how often, norms; by field.
type Lists = Vec<Vec<(u32, u32, u8)>>;

fn samples() -> Vec<Sample> {
    let words = [
        "安全生产",
        "监督管理",
        "应当",
        "行政处罚",
        "的",
        "规定。",
        "abc1234",
        "消防",
        "河南省",
        "责任",
        "\n",
        "第12条",
    ];
    let mut random = Random(7);
    let mut next = |limit: usize| random.below(limit);
    (0..900)
        .map(|at| Sample {
            route: format!("penalty/{at}.html"),
            title: format!("{}{}条", words[next(10)], next(300)),
            names: vec![format!("郑州{}有限公司", words[next(10)])],
            codes: vec![format!("豫应急罚〔2025〕{at}号")],
            body: (0..next(60) + 1).map(|_| words[next(words.len())]).chain(["消防"]).collect(),
            day: (at % 50 != 0).then(|| format!("{}-{:02}-01", 2020 + at / 300, 1 + at / 25 % 12)),
            facets: vec![format!("register={}", ["penalty", "permit"][next(2)]), "kind=guide".to_owned()],
        })
        .collect()
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).expect("the file was written")
}

fn inflate(packed: &[u8]) -> Vec<u8> {
    let size = u32::from_le_bytes(packed[packed.len() - 4..].try_into().expect("four bytes")) as usize;
    let mut bytes = vec![0; size];
    libdeflater::Decompressor::new().gzip_decompress(packed, &mut bytes).expect("a whole file");
    bytes
}

fn number(bytes: &[u8], at: &mut usize) -> usize {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes[*at];
        *at += 1;
        value |= usize::from(byte & 127) << shift;
        shift += 7;
        if byte < 128 {
            return value;
        }
    }
}

/// The entries of all shards, by line, and the long lists of those that have one.
fn entries(folder: &Path, shards: u32) -> BTreeMap<String, (Vec<u8>, Option<Vec<u8>>)> {
    let mut all = BTreeMap::new();
    for file in 0..shards {
        let bytes = inflate(&read(&folder.join("g").join(file.to_string())));
        let mut at = 0;
        let length = number(&bytes, &mut at);
        let lines = std::str::from_utf8(&bytes[at..at + length]).expect("lines are text").to_owned();
        at += length;
        let mut sizes = Vec::new();
        for line in lines.split('\n').filter(|_| length > 0) {
            let size = number(&bytes, &mut at);
            let long = (size % 2 == 1).then(|| {
                let [file, from, length] = [(); 3].map(|()| number(&bytes, &mut at));
                inflate(&read(&folder.join("l").join(file.to_string()))[from..from + length])
            });
            sizes.push((line, size / 2, long));
        }
        for (line, size, long) in sizes {
            let entry = (bytes[at..at + size].to_vec(), long);
            assert_eq!(all.insert(line.to_owned(), entry), None, "{line} stands twice");
            at += size;
        }
        assert_eq!(at, bytes.len());
    }
    all
}

fn frequencies(bits: &mut Reader<'_>) -> Result<[u32; 4], Truncated> {
    let text = bits.gamma()?;
    Ok(if bits.get(1)? == 1 {
        [text, bits.gamma()? - 1, bits.gamma()? - 1, bits.gamma()? - 1]
    } else {
        [text, 0, 0, 0]
    })
}

fn lists(bits: &mut Reader<'_>, df: [u32; 4], limit: u32, universe: Option<&[u32]>) -> Result<Lists, Truncated> {
    let docs: Vec<u32> = match universe {
        None => bits.subset(df[0] as usize, limit)?,
        Some(all) => bits.subset(df[0] as usize, all.len() as u32)?.iter().map(|at| all[*at as usize]).collect(),
    };
    let mut fields = vec![docs.iter().zip(bits.counts(docs.len())?).map(|(doc, count)| (*doc, count, 1)).collect()];
    for (field, df) in df.into_iter().enumerate().skip(1) {
        if df == 0 {
            fields.push(Vec::new());
            continue;
        }
        let at = bits.subset(df as usize, docs.len() as u32)?;
        let counts = bits.counts(at.len())?;
        let mut list: Vec<(u32, u32, u8)> =
            at.iter().zip(counts).map(|(at, count)| (docs[*at as usize], count, 1)).collect();
        if field == 1 {
            for posting in &mut list {
                posting.2 = bits.get(8)? as u8;
            }
        }
        fields.push(list);
    }
    Ok(fields)
}

/// Reads the best documents of a list, which are among all.
fn best_among(bits: &mut Reader<'_>, df: [u32; 4], docs: u32, all: &Lists) {
    let mut head = [bits.gamma().expect("whole"), 0, 0, 0];
    for (head, df) in head.iter_mut().zip(df).skip(1) {
        *head = if df > 0 { bits.gamma().expect("whole") - 1 } else { 0 };
    }
    let best = lists(bits, head, docs, None).expect("whole");
    for (best, all) in best.iter().zip(all) {
        assert!(best.iter().all(|posting| all.contains(posting)));
    }
}

/// Every gram and, by its line, every exact text, with its whole lists.
fn decoded(folder: &Path, facts: &Facts) -> BTreeMap<String, Lists> {
    let mut all = BTreeMap::new();
    for (line, (bytes, long)) in entries(folder, facts.shards) {
        let mut bits = Reader { bytes: &bytes, at: 0 };
        let marked = if line.starts_with(key::EXACT) { Some(&*line) } else { line.strip_prefix(key::GRAM) };
        let chars: Vec<char> = line.chars().collect();
        let name: String = marked.map_or_else(|| chars.iter().take(2).collect(), str::to_owned);
        let df = frequencies(&mut bits).expect("whole");
        let is_long = bits.get(1) == Ok(1);
        assert_eq!(long.is_some(), is_long, "{line}");
        let mut whole = long.as_ref().map(|bytes| Reader { bytes, at: 0 });
        let own = match &mut whole {
            None => lists(&mut bits, df, facts.docs, None).expect("whole"),
            Some(whole) => {
                let all = lists(whole, df, facts.docs, None).expect("whole");
                best_among(&mut bits, df, facts.docs, &all);
                all
            }
        };
        if marked.is_none() && chars.len() > 1 {
            let docs: Vec<u32> = own[0].iter().map(|(doc, ..)| *doc).collect();
            for tail in &chars[2..] {
                let df = frequencies(&mut bits).expect("whole");
                let child = match &mut whole {
                    None => lists(&mut bits, df, facts.docs, Some(&docs)).expect("whole"),
                    Some(_) if df[0] as usize <= COUNT => lists(&mut bits, df, facts.docs, None).expect("whole"),
                    Some(whole) => {
                        let all = lists(whole, df, facts.docs, Some(&docs)).expect("whole");
                        best_among(&mut bits, df, facts.docs, &all);
                        all
                    }
                };
                all.insert(format!("{name}{tail}"), child);
            }
        }
        for (bytes, read) in [(Some(&bytes), bits.at), (long.as_ref(), whole.map_or(0, |whole| whole.at))] {
            assert_eq!(bytes.map_or(0, Vec::len), read.div_ceil(8), "{name}");
        }
        all.insert(name, own);
    }
    all
}

/// The documents of every exact text, by its line, from tantivy.
fn known_exact(parts: &[Part], columns: &Columns, levels: &key::Levels) -> BTreeMap<String, BTreeSet<u32>> {
    let mut all: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for part in parts {
        let inverted = part.segment.inverted_index(columns.exact).expect("a column");
        let mut terms = inverted.terms().stream().expect("terms");
        while terms.advance() {
            let text = std::str::from_utf8(terms.key()).expect("text");
            let docs = all.entry(key::exact(text, levels).line).or_default();
            let postings = inverted.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic);
            let mut postings = postings.expect("postings");
            while postings.doc() != TERMINATED {
                docs.insert(part.first + postings.doc());
                postings.advance();
            }
        }
    }
    all
}

/// The same from tantivy.
fn known(parts: &[Part], columns: &Columns) -> BTreeMap<String, Lists> {
    let mut all: BTreeMap<String, Lists> = BTreeMap::new();
    for field in Field::ALL {
        for kind in [Kind::Pair, Kind::Other] {
            let column = columns.of(field, kind);
            for part in parts {
                let norms = field.has_norms().then(|| part.segment.get_fieldnorms_reader(column).expect("norms"));
                let inverted = part.segment.inverted_index(column).expect("a column");
                let mut terms = inverted.terms().stream().expect("terms");
                while terms.advance() {
                    let name = String::from_utf8(terms.key().to_vec()).expect("text");
                    let list = &mut all.entry(name).or_insert_with(|| vec![Vec::new(); 4])[field as usize];
                    let postings = inverted.read_postings_from_terminfo(terms.value(), IndexRecordOption::WithFreqs);
                    let mut postings = postings.expect("postings");
                    while postings.doc() != TERMINATED {
                        let norm = norms.as_ref().map_or(1, |norms| norms.fieldnorm_id(postings.doc()));
                        list.push((part.first + postings.doc(), postings.term_freq(), norm));
                        postings.advance();
                    }
                }
            }
        }
    }
    all
}

/// What was exported, and what tantivy holds: the lists of grams, the documents of exact texts.
fn exported(samples: &[Sample], into: &Path) -> (Exported, BTreeMap<String, Lists>, BTreeMap<String, BTreeSet<u32>>) {
    let indexes: Vec<Index> = samples.chunks(400).map(partition).collect();
    let labels = ["2020", "2021", "2022"];
    let partitions = labels.iter().zip(&indexes);
    let partitions = partitions.map(|(label, index)| Partition { label, index, ranks: vec![(0..5, 1.0)] }).collect();
    let tier = Tier { name: "archive", partitions };
    let columns = schema().1;
    let made =
        export(&tier, Layout::of(samples.len() as u32, samples.len() as u32), &columns, into).expect("an export");
    let parts = parts(&tier).expect("parts");
    let exact = known_exact(&parts, &columns, &key::Levels::new(&made.facts.common));
    (made, known(&parts, &columns), exact)
}

#[test]
fn the_files_hold_what_tantivy_holds() {
    let into = tempfile::tempdir().expect("a folder");
    let (made, known, exact) = exported(&samples(), into.path());
    let found = decoded(&into.path().join(&made.folder), &made.facts);
    assert_eq!(found.len(), known.len() + exact.len());
    for (line, docs) in &exact {
        let found: BTreeSet<u32> = found[line][0].iter().map(|(doc, ..)| *doc).collect();
        assert_eq!(found, *docs, "{line:?}");
    }
    for (gram, lists) in &known {
        assert_eq!(found.get(gram), Some(lists), "{gram}");
    }
}

#[test]
fn numbers_stand_in_order_also_without_who_issued_them() {
    let into = tempfile::tempdir().expect("a folder");
    let mut samples = samples();
    samples[700].codes = vec!["（郑经）应急罚〔2026〕2号".to_owned()];
    let (made, ..) = exported(&samples, into.path());
    let folder = into.path().join(&made.folder).join(numbers::KIND);
    let read = |file: u32| String::from_utf8(inflate(&read(&folder.join(file.to_string())))).expect("text");
    let files: Vec<String> = (0..made.facts.numbers.len() as u32).map(read).collect();
    for (begins, file) in made.facts.numbers.iter().zip(&files) {
        assert!(file.lines().all(|line| line >= begins.as_str()), "{begins}");
    }
    for (file, begins) in files.iter().zip(&made.facts.numbers[1..]) {
        assert!(file.lines().all(|line| line < begins.as_str()), "{begins}");
    }
    let lines: Vec<(&str, &str)> =
        files.iter().flat_map(|file| file.lines()).map(|line| line.split_once(' ').expect("documents")).collect();
    assert!(lines.is_sorted());
    let docs = |number: &str| {
        let folded = fold(number);
        lines.iter().find(|(number, _)| *number == folded).map(|(_, docs)| *docs)
    };
    assert!(docs("（郑经）应急罚〔2026〕2号").is_some());
    assert_eq!(docs("应急罚〔2026〕2号"), docs("（郑经）应急罚〔2026〕2号"));
    assert!(docs("豫应急罚〔2025〕699号").is_some());
}

#[test]
fn every_record_stands_where_its_size_says() {
    let into = tempfile::tempdir().expect("a folder");
    let samples = samples();
    let (made, ..) = exported(&samples, into.path());
    let folder = into.path().join(&made.folder);
    let sizes: Vec<usize> = (0..made.facts.docs.div_ceil(made.facts.sizes))
        .flat_map(|file| {
            let bytes = inflate(&read(&folder.join("s").join(file.to_string())));
            let mut at = 0;
            std::iter::from_fn(|| (at < bytes.len()).then(|| number(&bytes, &mut at) * crate::search::record::UNIT))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(sizes.len(), samples.len());
    let groups = sizes.chunks(made.facts.records as usize).zip(samples.chunks(made.facts.records as usize));
    for (file, (sizes, samples)) in groups.enumerate() {
        let bytes = read(&folder.join("r").join(file.to_string()));
        assert_eq!(bytes.len(), sizes.iter().sum::<usize>());
        let mut rest = &bytes[..];
        for (size, sample) in sizes.iter().zip(samples) {
            let (record, after) = rest.split_at(*size);
            let record: serde_json::Value = serde_json::from_slice(&inflate(record)).expect("JSON");
            assert_eq!((&record["u"], &record["x"]), (&sample.route.as_str().into(), &sample.body.as_str().into()));
            rest = after;
        }
    }
}

#[test]
fn the_same_documents_give_the_same_files_and_few() {
    let (one, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let samples = samples();
    let (first, ..) = exported(&samples, one.path());
    let (second, ..) = exported(&samples, other.path());
    assert_eq!((&first.folder, &first.files), (&second.folder, &second.files));
    assert!(first.files.len() * 4 <= samples.len(), "{} files", first.files.len());
    let (changed, ..) = exported(&samples[1..], other.path());
    assert_ne!(first.folder, changed.folder);
}

#[test]
fn a_tier_of_nothing_is_exported_too() {
    let into = tempfile::tempdir().expect("a folder");
    let (made, ..) = exported(&[], into.path());
    assert_eq!(made.facts.docs, 0);
    let root = root(&[&made], &Root::default());
    let root: serde_json::Value = serde_json::from_slice(&root).expect("JSON");
    assert_eq!(root["tiers"][0]["folder"], made.folder.as_str());
}

#[test]
fn a_cut_file_is_noticed() {
    let packed = gzip("安全生产".repeat(50).as_bytes());
    let mut bytes = vec![0; 600];
    assert!(libdeflater::Decompressor::new().gzip_decompress(&packed[..packed.len() - 9], &mut bytes).is_err());
    assert!(libdeflater::Decompressor::new().gzip_decompress(&packed, &mut bytes).is_ok());
}

#[test]
fn only_records_hold_texts() {
    for kind in ["g", "l", "v", "w", "n", "d", "f", "s"] {
        assert!(crate::search::is_in_pieces(&format!("search/recent-cc066b2ef76f/{kind}/0")), "{kind}");
    }
    for route in [
        "search/recent-cc066b2ef76f/r/0",
        "search/recent-cc066b2ef76f/z/0",
        "search/text/a.txt",
        "search/root.json",
        "files/a/g/0",
        "search/g",
    ] {
        assert!(!crate::search::is_in_pieces(route), "{route}");
    }
}
