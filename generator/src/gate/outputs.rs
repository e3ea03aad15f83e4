//! Every byte that would be published: addresses, pages, data, feeds, and what files hold.

use crate::extract::{self, Extracted, Refused, What};
use crate::privacy::{self, Finding, Kind, Known};
use crate::rules::privacy::Weight;

use super::{Gate, Leak, Trouble, fingerprint};

impl Gate {
    /// Everything private in an output. `file` is the site path of a file that is passed on as it is.
    pub(crate) fn leaks(&self, route: &str, file: Option<&str>, bytes: &[u8]) -> Vec<Leak> {
        let place = file.unwrap_or(route);
        let mut leaks = Vec::new();
        let mut search = Search { gate: self, place, leaks: &mut leaks };
        search.text(route, "");
        let extension = route.rsplit_once('.').map_or("", |(_, extension)| extension);
        match (extension, simdutf8::basic::from_utf8(bytes)) {
            ("csv", Ok(text)) => search.table(text, b','),
            // Text is searched as it is, markup, attributes and comments included.
            (extension, Ok(text)) if is_text(extension) => search.text(text, ""),
            _ if is_font(extension) => {}
            _ => search.file(file.unwrap_or(route), bytes),
        }
        leaks.sort();
        leaks.dedup();
        leaks
    }
}

fn is_text(extension: &str) -> bool {
    matches!(
        extension,
        "html"
            | "htm"
            | "json"
            | "jsonl"
            | "xml"
            | "txt"
            | "ics"
            | "svg"
            | "css"
            | "js"
            | "mjs"
            | "md"
            | "toml"
            | ""
            | "webmanifest"
            | "geojson"
            | "tsv"
            | "xhtml"
            | "yaml"
            | "yml"
    )
}

fn is_font(extension: &str) -> bool {
    matches!(extension, "woff2" | "woff" | "ttf" | "otf")
}

struct Search<'a> {
    gate: &'a Gate,
    place: &'a str,
    leaks: &'a mut Vec<Leak>,
}

impl Search<'_> {
    fn text(&mut self, text: &str, at: &str) {
        for finding in privacy::scan(text, &self.gate.known) {
            self.add(&finding, text, at);
        }
    }

    /// Cells are looked at one by one only where the whole gives a reason to.
    fn table(&mut self, text: &str, delimiter: u8) {
        if !privacy::may_tell(text, &self.gate.known) {
            return;
        }
        for cell in privacy::table(text, delimiter, &self.gate.known) {
            let at = format!("{}{}", crate::diag::column_letters(cell.column), cell.row);
            self.add(&cell.finding, &cell.text, &at);
        }
    }

    fn file(&mut self, name: &str, bytes: &[u8]) {
        match extract::extract(name, bytes) {
            Ok(found) => self.extracted(&found),
            Err(Refused::Unknown(words)) => self.numbers(&words),
            Err(Refused::Encrypted) => self.unreadable(bytes, "password"),
            Err(Refused::TooLarge) => self.unreadable(bytes, "too large"),
            Err(Refused::Damaged(why)) => self.unreadable(bytes, &why),
        }
    }

    fn unreadable(&mut self, bytes: &[u8], why: &str) {
        let fingerprint = super::hex(&<sha2::Sha256 as sha2::Digest>::digest(bytes))[..16].to_owned();
        if !self.gate.allowed(self.place, "unreadable", &fingerprint) {
            let what = Trouble::Unreadable(why.to_owned());
            self.leaks.push(Leak { grave: true, what, at: String::new(), fingerprint });
        }
    }

    fn extracted(&mut self, found: &Extracted) {
        // Rows of cells, and text with look-alikes as PDF readers give it.
        let tabs = found.text.contains('\t');
        if tabs {
            self.table(&found.text, b'\t');
        }
        for paragraph in found.text.split("\n\n").filter(|_| !tabs) {
            self.text(paragraph, "");
        }
        for part in &found.hidden {
            let at = format!("{:?} {}", part.what, part.at);
            let at = at.trim();
            match part.what {
                What::Location => {
                    let finding =
                        Finding { kind: Kind::Location, start: 0, end: part.text.len(), text: part.text.clone() };
                    self.add(&finding, &part.text, at);
                }
                What::Property if is_author(&part.at) && self.gate.strict => self.author(&part.text, at),
                _ => {}
            }
            self.text(&part.text, at);
        }
    }

    fn author(&mut self, name: &str, at: &str) {
        let finding = Finding { kind: Kind::Name, start: 0, end: name.len(), text: name.to_owned() };
        let fingerprint = fingerprint(name, &finding);
        if !self.gate.allowed(self.place, "author", &fingerprint) {
            let what = Trouble::Author(name.to_owned());
            self.leaks.push(Leak { grave: true, what, at: at.to_owned(), fingerprint });
        }
    }

    /// In a file of an unknown kind only whole numbers mean anything. Its runs of characters have nothing to do with
    /// each other: digits of two that happen to stand there are no number.
    fn numbers(&mut self, runs: &str) {
        for run in runs.lines() {
            for finding in privacy::scan(run, &Known::default()) {
                if matches!(finding.kind, Kind::Identity | Kind::Mobile | Kind::BankCard) {
                    self.add(&finding, run, "");
                }
            }
        }
    }

    fn add(&mut self, finding: &Finding, text: &str, at: &str) {
        if !self.gate.is_heeded(finding) || self.gate.passed.contains(&(finding.kind, finding.text.clone())) {
            return;
        }
        let fingerprint = fingerprint(text, finding);
        if self.gate.allowed(self.place, finding.kind.name(), &fingerprint) {
            return;
        }
        let what = Trouble::Private { kind: finding.kind, preview: finding.preview() };
        let grave = self.gate.policy.weight(finding.kind.name()) == Weight::Error || self.gate.strict;
        self.leaks.push(Leak { grave, what, at: at.to_owned(), fingerprint });
    }
}

/// Properties that hold the name of whoever wrote the document.
fn is_author(property: &str) -> bool {
    matches!(property, "creator" | "lastModifiedBy" | "Author" | "Manager" | "initial-creator" | "printed-by")
}
