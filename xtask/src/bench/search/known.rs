//! Known items: someone looks for one page and half remembers its title, or asks in key words. The place at which
//! the page is found, in gongkai and in a tantivy index whose tokenizer is jieba.

use std::io;
use std::sync::Arc;

use jieba_rs::Jieba;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query as TantivyQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value as _};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};
use tantivy::{Index, IndexReader, Searcher, TantivyDocument, Term};

use super::super::random::Random;
use super::document::{Document, Source};
use super::queries::{Class, Filters, Query};

/// Results that someone looks through before giving up.
pub(super) const PATIENCE: usize = 100;

/// A query and the page that is meant.
pub(super) struct Item {
    pub(super) query: Query,
    pub(super) url: String,
    pub(super) way: Way,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Words of the title, some left out, in any order.
    Title,
    /// Key words of a question about one sentence.
    Question,
}

/// Draws as many of each way.
pub(super) fn items(source: &dyn Source, each: usize) -> Vec<Item> {
    let jieba = Jieba::new();
    let mut items = Vec::new();
    for way in [Way::Title, Way::Question] {
        let mut random = Random::seeded(0x6b6e_6f77_6e00 + way as u64);
        let target = items.len() + each;
        for _ in 0..each * 30 {
            if items.len() == target {
                break;
            }
            let at = usize::try_from(random.below(source.count() as u64)).expect("a position in a list");
            let document = source.document(at);
            if let Some(terms) = terms(&jieba, way, &document, &mut random) {
                let query = Query { class: Class::Words, terms, filters: Filters::default() };
                items.push(Item { query, url: document.url, way });
            }
        }
    }
    items
}

fn terms(jieba: &Jieba, way: Way, document: &Document, random: &mut Random) -> Option<Vec<String>> {
    let (text, keep, least) = match way {
        Way::Title => (document.title.as_str(), 2, 3),
        Way::Question => {
            let sentences: Vec<&str> =
                document.rest.iter().flat_map(|block| block.split('。')).filter(|part| part.len() > 60).collect();
            let at = random.below(sentences.len().max(1) as u64);
            (*sentences.get(usize::try_from(at).expect("a position in a list"))?, 1, 3)
        }
    };
    let words: Vec<&str> = jieba.cut(text, true).into_iter().map(|token| token.word).collect();
    let words = words.into_iter().filter(|word| word.chars().count() > 1 && word.chars().all(char::is_alphanumeric));
    // Of a title two words in three are remembered, of a sentence one in three.
    let mut kept: Vec<String> = words.filter(|_| random.below(3) < keep).map(str::to_owned).collect();
    for at in (1..kept.len()).rev() {
        kept.swap(at, usize::try_from(random.below(at as u64 + 1)).expect("a position in a list"));
    }
    kept.truncate(if way == Way::Title { 10 } else { 4 });
    kept.dedup();
    (kept.len() >= least).then_some(kept)
}

/// Mean of one by the place of the page, of one way; a page that is not among as many `places` counts nothing.
#[expect(clippy::cast_precision_loss, reason = "places are few")]
pub(super) fn mean_reciprocal_rank(items: &[Item], way: Way, results: &[Vec<String>], places: usize) -> f64 {
    let ranks = items.iter().zip(results).filter(|(item, _)| item.way == way).map(|(item, urls)| {
        urls.iter().take(places).position(|url| *url == item.url).map_or(0.0, |at| 1.0 / (at as f64 + 1.0))
    });
    let ranks: Vec<f64> = ranks.collect();
    ranks.iter().sum::<f64>() / ranks.len().max(1) as f64
}

/// The rival: BM25 over the words of title and text.
pub(super) struct Words {
    reader: IndexReader,
    jieba: Arc<Jieba>,
    url: Field,
    title: Field,
    body: Field,
}

impl Words {
    pub(super) fn index(source: &dyn Source) -> io::Result<Words> {
        let jieba = Arc::new(Jieba::new());
        let mut schema = Schema::builder();
        let indexing =
            TextFieldIndexing::default().set_tokenizer("jieba").set_index_option(IndexRecordOption::WithFreqs);
        let options = TextOptions::default().set_indexing_options(indexing);
        let url = schema.add_text_field("url", STRING | STORED);
        let title = schema.add_text_field("title", options.clone());
        let body = schema.add_text_field("body", options);
        let index = Index::create_in_ram(schema.build());
        index.tokenizers().register("jieba", TextAnalyzer::from(Cutter(Arc::clone(&jieba))));
        let mut writer = index.writer_with_num_threads(1, 100_000_000).map_err(io::Error::other)?;
        for at in 0..source.count() {
            let document = source.document(at);
            let mut fields = TantivyDocument::default();
            fields.add_text(url, &document.url);
            fields.add_text(title, &document.title);
            for block in document.blocks().skip(1) {
                fields.add_text(body, block);
            }
            writer.add_document(fields).map_err(io::Error::other)?;
        }
        writer.commit().map_err(io::Error::other)?;
        let reader = index.reader().map_err(io::Error::other)?;
        Ok(Words { reader, jieba, url, title, body })
    }

    /// Addresses, best first; any word may match.
    pub(super) fn search(&self, text: &str, boost: f32) -> io::Result<Vec<String>> {
        let mut clauses: Vec<(Occur, Box<dyn TantivyQuery>)> = Vec::new();
        for word in cut(&self.jieba, text) {
            for (field, weight) in [(self.title, boost), (self.body, 1.0)] {
                let term = Term::from_field_text(field, &word.text);
                let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                clauses.push((Occur::Should, Box::new(BoostQuery::new(Box::new(query), weight))));
            }
        }
        let searcher: Searcher = self.reader.searcher();
        let found = searcher
            .search(&BooleanQuery::new(clauses), &TopDocs::with_limit(PATIENCE).order_by_score())
            .map_err(io::Error::other)?;
        let address = |(_, at)| {
            let document: TantivyDocument = searcher.doc(at).map_err(io::Error::other)?;
            let url = document.get_first(self.url).and_then(|value| value.as_str().map(str::to_owned));
            url.ok_or_else(|| io::Error::other("every document has an address"))
        };
        found.into_iter().map(address).collect()
    }
}

/// Jieba as a tokenizer of tantivy.
#[derive(Clone)]
struct Cutter(Arc<Jieba>);

struct Tokens {
    tokens: std::vec::IntoIter<Token>,
    current: Token,
}

impl Tokenizer for Cutter {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        Tokens { tokens: cut(&self.0, text).into_iter(), current: Token::default() }
    }
}

impl TokenStream for Tokens {
    fn advance(&mut self) -> bool {
        match self.tokens.next() {
            Some(token) => {
                self.current = token;
                true
            }
            None => false,
        }
    }

    fn token(&self) -> &Token {
        &self.current
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.current
    }
}

/// The words that search engines with jieba index: long words and the short ones inside them.
fn cut(jieba: &Jieba, text: &str) -> Vec<Token> {
    let lower = text.to_lowercase();
    let words = jieba.cut_for_search(&lower, true).into_iter().map(|token| token.word);
    let words = words.filter(|word| word.chars().any(char::is_alphanumeric));
    let token = |(position, text): (usize, &str)| Token { position, text: text.to_owned(), ..Token::default() };
    words.enumerate().map(token).collect()
}

#[cfg(test)]
mod tests {
    use super::super::pages::{Corpus, Variation, invented_laws};
    use super::*;

    #[test]
    fn the_rival_finds_a_page_by_its_title() {
        let corpus = Corpus::new(invented_laws(), 60, Variation::Light);
        let words = Words::index(&corpus).expect("memory holds the index");
        let document = corpus.document(17);
        let found = words.search(&document.title, 4.0).expect("the index can be read");
        assert_eq!(found[0], document.url);
    }

    #[test]
    fn items_are_drawn_from_the_page_that_is_meant() {
        let corpus = Corpus::new(invented_laws(), 60, Variation::Light);
        let items = items(&corpus, 10);
        assert_eq!(items.len(), 20);
        for item in &items {
            let document = (0..60).map(|at| corpus.document(at)).find(|document| document.url == item.url);
            let document = document.expect("the page is one of the corpus");
            for term in &item.query.terms {
                assert!(document.blocks().any(|block| block.contains(term.as_str())), "{term}");
            }
        }
        let results: Vec<Vec<String>> =
            items.iter().map(|item| vec!["elsewhere".to_owned(), item.url.clone()]).collect();
        assert_eq!(mean_reciprocal_rank(&items, Way::Title, &results, PATIENCE), 0.5);
    }
}
