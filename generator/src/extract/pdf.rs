//! PDF: the text of the pages; document properties, XMP, annotations, form fields, embedded files apart.
//!
//! The parsers behind this were written for sound files. A panic in them is caught, an endless loop is
//! left behind after a while, and what a stream unpacks to is measured before they see it.

use std::collections::HashSet;
use std::io::Read;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Once, mpsc};
use std::thread;
use std::time::Duration;

use pdf_extract::{Dictionary, Document, Object, decode_text_string};

use super::{Budget, Extracted, Refused, What, deeper};

/// Longest time that one document may take. Thousands of pages take a few seconds.
const LONGEST: Duration = Duration::from_secs(60);

/// Deeply nested objects are read by recursion.
const STACK: usize = 64 * 1024 * 1024;

const THREAD: &str = "gongkai-pdf";

pub(super) fn extract(bytes: &[u8], budget: &mut Budget) -> Result<Extracted, Refused> {
    budget.take(unpacked_size(bytes, budget.bytes)?)?;
    quiet_panics();
    let (done, result) = mpsc::channel();
    let owned = bytes.to_vec();
    let mut inner = Budget { bytes: budget.bytes, depth: budget.depth };
    let work = move || {
        let found = panic::catch_unwind(AssertUnwindSafe(|| read(&owned, &mut inner)));
        // The receiver is gone when the time is up: then nobody wants the result.
        let _ = done.send(found.unwrap_or_else(|_| Err(Refused::Damaged("PDF".to_owned()))));
    };
    thread::Builder::new()
        .name(THREAD.to_owned())
        .stack_size(STACK)
        .spawn(work)
        .map_err(|error| Refused::Damaged(error.to_string()))?;
    result.recv_timeout(LONGEST).unwrap_or(Err(Refused::TooLarge))
}

/// A panic that is caught here is an answer, not a crash: nothing is printed for it. Other threads keep
/// the hook they had.
fn quiet_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().name() != Some(THREAD) {
                before(info);
            }
        }));
    });
}

/// What all compressed streams unpack to together, counted without keeping it.
fn unpacked_size(bytes: &[u8], limit: usize) -> Result<usize, Refused> {
    let mut size = bytes.len();
    let finder = aho_corasick::AhoCorasick::new(["stream\r\n", "stream\n"]).expect("two words make an automaton");
    for mark in finder.find_iter(bytes) {
        let content = &bytes[mark.end()..];
        // A zlib stream starts with this byte; other filters do not grow much.
        if content.first() == Some(&0x78) {
            let left = limit.saturating_sub(size) as u64 + 1;
            let mut decoder = flate2::read::ZlibDecoder::new(content).take(left);
            // A damaged stream counts as far as it can be read.
            size += count(&mut decoder);
        }
        if size > limit {
            return Err(Refused::TooLarge);
        }
    }
    Ok(size)
}

fn count(input: &mut impl Read) -> usize {
    let mut block = vec![0; 64 * 1024];
    let mut total = 0;
    while let Ok(length @ 1..) = input.read(&mut block) {
        total += length;
    }
    total
}

fn read(bytes: &[u8], budget: &mut Budget) -> Result<Extracted, Refused> {
    let mut document = Document::load_mem(bytes).map_err(|error| Refused::Damaged(error.to_string()))?;
    if document.is_encrypted() && document.decrypt("").is_err() {
        return Err(Refused::Encrypted);
    }
    let mut found = Extracted::default();
    for page in document.get_pages().keys() {
        let mut text = String::new();
        let mut output = pdf_extract::PlainTextOutput::new(&mut text);
        // A page with an unknown font panics in the parser; the other pages still say something, but
        // the document as a whole cannot be vouched for.
        let shown =
            panic::catch_unwind(AssertUnwindSafe(|| pdf_extract::output_doc_page(&document, &mut output, *page)));
        match shown {
            Ok(Ok(())) => found.text.push_str(&text),
            Ok(Err(error)) => return Err(Refused::Damaged(error.to_string())),
            Err(_) => return Err(Refused::Damaged(format!("page {page}"))),
        }
        found.text.push('\n');
    }
    let mut seen = HashSet::new();
    for (id, object) in &document.objects {
        if seen.insert(*id) {
            visit(object, &mut found, budget, 0)?;
        }
    }
    if let Ok(Object::Dictionary(info)) = document.trailer.get(b"Info") {
        strings(info, &mut found);
    }
    Ok(found)
}

/// Deeper than any sound document nests its objects.
const DEEPEST: usize = 64;

fn visit(object: &Object, found: &mut Extracted, budget: &mut Budget, depth: usize) -> Result<(), Refused> {
    if depth > DEEPEST {
        return Err(Refused::TooLarge);
    }
    match object {
        Object::Dictionary(dictionary) => within(dictionary, found, budget, depth),
        Object::Array(items) => items.iter().try_for_each(|item| visit(item, found, budget, depth + 1)),
        Object::Stream(stream) => {
            let kind = name(&stream.dict, b"Type").or_else(|| name(&stream.dict, b"Subtype")).unwrap_or_default();
            match kind.as_str() {
                "Metadata" | "XML" => {
                    let xmp = stream.decompressed_content().unwrap_or_else(|_| stream.content.clone());
                    found.add(What::Metadata, "XMP", &super::xml::everything(&xmp).unwrap_or_default());
                }
                "EmbeddedFile" => {
                    let content = stream.decompressed_content().unwrap_or_else(|_| stream.content.clone());
                    match deeper("", &content, budget) {
                        Ok(inner) => found.absorb("EmbeddedFile", inner),
                        Err(Refused::Unknown(_)) => {}
                        Err(refused) => return Err(refused),
                    }
                }
                // A photograph keeps the metadata of its camera.
                "XObject" if stream.content.starts_with(b"\xFF\xD8\xFF") => {
                    if let Some(inner) = super::image::metadata(&stream.content) {
                        found.absorb("Image", inner);
                    }
                }
                _ => {}
            }
            within(&stream.dict, found, budget, depth)
        }
        _ => Ok(()),
    }
}

fn within(dictionary: &Dictionary, found: &mut Extracted, budget: &mut Budget, depth: usize) -> Result<(), Refused> {
    strings(dictionary, found);
    dictionary.iter().try_for_each(|(_, object)| visit(object, found, budget, depth + 1))
}

/// Strings that people wrote, by the key they stand under.
fn strings(dictionary: &Dictionary, found: &mut Extracted) {
    const KEYS: [(&[u8], What); 19] = [
        (b"Author", What::Property),
        (b"Title", What::Property),
        (b"Subject", What::Property),
        (b"Keywords", What::Property),
        (b"Creator", What::Property),
        (b"Producer", What::Property),
        (b"Company", What::Property),
        (b"Manager", What::Property),
        (b"Contents", What::Comment),
        (b"T", What::Comment),
        (b"V", What::Comment),
        (b"TU", What::Comment),
        (b"RC", What::Comment),
        (b"Subj", What::Comment),
        (b"Alt", What::Hidden),
        (b"ActualText", What::Hidden),
        (b"URI", What::Leftover),
        (b"UF", What::Leftover),
        (b"Desc", What::Leftover),
    ];
    for (key, what) in KEYS {
        if let Some(text) = dictionary.get(key).ok().and_then(|object| decode_text_string(object).ok()) {
            found.add(what, &String::from_utf8_lossy(key), &text);
        }
    }
}

fn name(dictionary: &Dictionary, key: &[u8]) -> Option<String> {
    let name = dictionary.get(key).ok()?.as_name().ok()?;
    Some(String::from_utf8_lossy(name).into_owned())
}
