//! What a portal's reader can find, as the bench knows it: pages and records become documents of plain blocks. This
//! is the bench's own account of what stands on a page; the generator is measured against it.

use super::pages::{Corpus, Page};
use super::records::Records;

/// One address and what stands there.
pub(super) struct Document {
    /// From the portal's root.
    pub(super) url: String,
    pub(super) title: String,
    pub(super) name: Option<String>,
    pub(super) codes: Vec<String>,
    /// Everything else, block by block.
    pub(super) rest: Vec<String>,
    /// `YYYY-MM-DD`; pages that lead to others have none.
    pub(super) date: String,
    /// What it can be filtered by: `("district", "410105")`.
    pub(super) facets: Vec<(&'static str, &'static str)>,
}

impl Document {
    /// Every block, the title first.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &str> {
        let named = self.name.iter().chain(&self.codes).chain(&self.rest).map(String::as_str);
        std::iter::once(self.title.as_str()).chain(named)
    }
}

/// A portal's documents by position, made when they are asked for.
pub(super) trait Source: Sync {
    /// Pages and records.
    fn count(&self) -> usize;
    fn document(&self, at: usize) -> Document;
    /// Pages that lead to others and can be found too.
    fn guides(&self) -> Vec<Document>;
    /// Titles that many pages are about.
    fn subjects(&self) -> Vec<String>;
}

/// A page that leads to others.
pub(super) fn guide(url: String, title: &str, text: &str) -> Document {
    let rest = if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    Document {
        url,
        title: title.to_owned(),
        name: None,
        codes: Vec::new(),
        rest,
        date: String::new(),
        facets: Vec::new(),
    }
}

impl Source for Corpus {
    fn count(&self) -> usize {
        self.len()
    }

    fn document(&self, at: usize) -> Document {
        of_page(self.page(at))
    }

    fn guides(&self) -> Vec<Document> {
        super::site::guides(&super::site::COLUMNS)
    }

    fn subjects(&self) -> Vec<String> {
        self.laws.iter().map(|law| law.title.clone()).collect()
    }
}

fn of_page(page: Page) -> Document {
    let facets = vec![
        ("register", page.register.name()),
        ("district", page.district.0),
        ("sector", page.sector.0),
        ("level", page.level.0),
        ("status", page.status.0),
    ];
    let words = [page.district.1, page.sector.1, page.level.1, page.status.1].map(str::to_owned);
    let (name, code) = match &page.company {
        Some(company) => (Some(company.name()), Some(company.code.clone())),
        None => (None, None),
    };
    Document {
        url: format!("{}/{}.html", page.register.name(), page.name),
        title: page.title,
        name,
        codes: std::iter::once(page.number).chain(code).collect(),
        rest: words.into_iter().chain([page.summary]).chain(page.paragraphs).collect(),
        date: page.date,
        facets,
    }
}

impl Source for Records {
    fn count(&self) -> usize {
        self.count
    }

    fn document(&self, at: usize) -> Document {
        let record = self.record(at);
        Document {
            url: format!("{}/{}.html", super::records::REGISTER, record.id),
            title: record.title(),
            name: Some(record.company.name()),
            codes: vec![record.number, record.company.code],
            rest: vec![record.reason, record.district.1.to_owned()],
            date: record.date,
            facets: vec![("register", super::records::REGISTER), ("district", record.district.0)],
        }
    }

    fn guides(&self) -> Vec<Document> {
        super::site::guides(&super::site::RECORD_COLUMN)
    }

    fn subjects(&self) -> Vec<String> {
        super::records::REASONS.iter().map(|reason| (*reason).to_owned()).collect()
    }
}
