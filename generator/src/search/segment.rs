//! Documents become the one segment of a tantivy index. Tantivy's own writer takes documents one at a time; this one
//! has all of a partition, so it finds the postings of each term by sorting (see `places`) and gives them to the
//! serializers that tantivy merges segments with.

use std::io;
use std::path::Path;

use tantivy::directory::{Directory, TerminatingWrite};
use tantivy::fastfield::FastFieldsWriter;
use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter};
use tantivy::index::{IndexMeta, SegmentComponent};
use tantivy::postings::{FieldSerializer, InvertedIndexSerializer};
use tantivy::store::StoreWriter;
use tantivy::{DocId, Index, IndexSettings, Segment, TantivyDocument};

use super::Field;
use super::grams::Kind;
use super::places::{Place, Places, Sorted};
use super::schema::{Columns, schema};

/// What the index keeps of a document.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// By field, in the order of `Field::ALL`.
    pub(crate) folded: [String; 4],
    /// Folded titles, names and numbers.
    pub(crate) exact: Vec<String>,
    /// `name=value`.
    pub(crate) facets: Vec<String>,
    /// Days since 1970-01-01.
    pub(crate) day: Option<i64>,
    /// As it is published.
    pub(crate) record: Vec<u8>,
    /// The texts of attached files; may be empty.
    pub(crate) attached: String,
}

/// Takes documents, and writes the segment at the end.
pub(crate) struct Writer {
    columns: Columns,
    index: Index,
    segment: Segment,
    store: StoreWriter,
    fast: FastFieldsWriter,
    norms: FieldNormsWriter,
    fields: [Places; 4],
    exact: Vec<(String, DocId)>,
    facets: Vec<(String, DocId)>,
    count: DocId,
}

impl Writer {
    /// Begins an index in an empty directory.
    pub(crate) fn create(directory: impl Into<Box<dyn Directory>>) -> tantivy::Result<Writer> {
        let (schema, columns) = schema();
        let settings = IndexSettings::default();
        let index = Index::create(directory, schema.clone(), settings.clone())?;
        let segment = index.new_segment();
        let file = segment.open_write(SegmentComponent::Store)?;
        Ok(Writer {
            columns,
            store: StoreWriter::new(file, settings.docstore_compression, settings.docstore_blocksize, false)?,
            fast: FastFieldsWriter::from_schema_and_tokenizer_manager(&schema, index.fast_field_tokenizer().clone())?,
            norms: FieldNormsWriter::for_schema(&schema),
            fields: Default::default(),
            exact: Vec::new(),
            facets: Vec::new(),
            count: 0,
            index,
            segment,
        })
    }

    /// Adds a document, whose number follows that of the one before.
    pub(crate) fn add(&mut self, row: Row) -> tantivy::Result<()> {
        let document = self.count;
        for (field, folded) in Field::ALL.into_iter().zip(&row.folded) {
            let counts = self.fields[field as usize].push(folded);
            for (kind, count) in Kind::ALL.into_iter().zip(counts) {
                self.norms.record(document, self.columns.of(field, kind), count);
            }
        }
        let mut kept = TantivyDocument::new();
        row.facets.iter().for_each(|facet| kept.add_text(self.columns.facet, facet));
        if let Some(day) = row.day {
            kept.add_i64(self.columns.day, day);
        }
        kept.add_bytes(self.columns.record, &row.record);
        if !row.attached.is_empty() {
            kept.add_text(self.columns.attached, row.attached);
        }
        self.store.store(&kept, &self.segment.schema())?;
        self.fast.add_document(&kept)?;
        self.exact.extend(row.exact.into_iter().map(|text| (text, document)));
        self.facets.extend(row.facets.into_iter().map(|facet| (facet, document)));
        self.count += 1;
        Ok(())
    }

    /// Writes what was added.
    pub(crate) fn finish(mut self) -> tantivy::Result<Index> {
        self.store.close()?;
        let mut file = self.segment.open_write(SegmentComponent::FastFields)?;
        self.fast.serialize(&mut file, None)?;
        file.terminate()?;
        self.norms.fill_up_to_max_doc(self.count);
        let file = self.segment.open_write(SegmentComponent::FieldNorms)?;
        self.norms.serialize(FieldNormsSerializer::from_write(file)?, None)?;
        let norms = FieldNormReaders::open(self.segment.open_read(SegmentComponent::FieldNorms)?)?;
        let mut inverted = InvertedIndexSerializer::open(&self.segment)?;
        for (field, places) in Field::ALL.into_iter().zip(self.fields) {
            let sorted = places.sorted();
            for kind in Kind::ALL {
                let column = self.columns.of(field, kind);
                let to = inverted.new_field(column, places.count(kind), norms.get_field(column)?)?;
                write_grams(&places, &sorted, kind, to)?;
            }
        }
        for (column, terms) in [(self.columns.exact, self.exact), (self.columns.facet, self.facets)] {
            let to = inverted.new_field(column, terms.len() as u64, None)?;
            write_whole(terms, to)?;
        }
        inverted.close()?;
        let mut meta = IndexMeta::with_schema(self.segment.schema());
        meta.segments.push(self.segment.with_max_doc(self.count).meta().clone());
        let meta = serde_json::to_vec(&meta).map_err(io::Error::from)?;
        self.index.directory().atomic_write(Path::new("meta.json"), &meta)?;
        Ok(self.index)
    }
}

fn write_grams(places: &Places, sorted: &Sorted<'_>, kind: Kind, mut to: FieldSerializer<'_>) -> io::Result<()> {
    let mut postings = Postings::default();
    sorted.grams(kind, |gram, at| {
        postings.fill(places, at);
        postings.write(gram, &mut to)
    })?;
    to.close()
}

/// Writes the terms of a column that knows only in which documents each stands.
fn write_whole(mut terms: Vec<(String, DocId)>, mut to: FieldSerializer<'_>) -> io::Result<()> {
    terms.sort_unstable();
    terms.dedup();
    for same in terms.chunk_by(|one, other| one.0 == other.0) {
        to.new_term(same[0].0.as_bytes(), same.len() as u32, false)?;
        same.iter().for_each(|(_, document)| to.write_doc(*document, 1, &[]));
        to.close_term()?;
    }
    to.close()
}

/// Where one gram stands.
#[derive(Default)]
struct Postings {
    /// Documents, and where the positions of each end.
    documents: Vec<(DocId, usize)>,
    /// How many characters after the one before; the first of a document, after its beginning.
    steps: Vec<u32>,
}

impl Postings {
    fn fill(&mut self, places: &Places, at: &[Place]) {
        self.documents.clear();
        self.steps.clear();
        let mut before = 0;
        for place in at {
            let (document, position) = places.find(*place);
            match self.documents.last_mut() {
                Some((last, end)) if *last == document => {
                    self.steps.push(position - before);
                    *end = self.steps.len();
                }
                _ => {
                    self.steps.push(position);
                    self.documents.push((document, self.steps.len()));
                }
            }
            before = position;
        }
    }

    fn write(&self, gram: &str, to: &mut FieldSerializer<'_>) -> io::Result<()> {
        to.new_term(gram.as_bytes(), self.documents.len() as u32, true)?;
        let mut from = 0;
        for (document, end) in &self.documents {
            to.write_doc(*document, (end - from) as u32, &self.steps[from..*end]);
            from = *end;
        }
        to.close_term()
    }
}

#[cfg(test)]
mod tests {
    use tantivy::directory::RamDirectory;
    use tantivy::postings::Postings as _;
    use tantivy::schema::{Document as _, IndexRecordOption};
    use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};
    use tantivy::{DocSet, SingleSegmentIndexWriter, TERMINATED};

    use super::*;
    use crate::search::fold::fold;
    use crate::search::grams::windows;
    use crate::text::Random;

    /// Cuts a text for tantivy's own writer.
    #[derive(Clone)]
    struct Cutter(Kind);

    struct Cut(Vec<Token>, usize);

    impl Tokenizer for Cutter {
        type TokenStream<'a> = Cut;

        fn token_stream<'a>(&'a mut self, text: &'a str) -> Cut {
            let mut tokens = Vec::new();
            windows(text, self.0, |position, gram| {
                tokens.push(Token { position, text: gram.to_owned(), ..Token::default() });
            });
            Cut(tokens, 0)
        }
    }

    impl TokenStream for Cut {
        fn advance(&mut self) -> bool {
            self.1 += 1;
            self.1 <= self.0.len()
        }

        fn token(&self) -> &Token {
            &self.0[self.1 - 1]
        }

        fn token_mut(&mut self) -> &mut Token {
            &mut self.0[self.1 - 1]
        }
    }

    fn rows() -> Vec<Row> {
        let words = ["安全生产", "的", "。", "\n", "abc1234", "第12条", "消防", "９１４１０１０５ＭＡ", "a"];
        let mut random = Random(11);
        (0..400)
            .map(|at| {
                let folded = [900, 12, 6, 4].map(|most| {
                    let most = 1 + random.below(most);
                    let count = random.below(most);
                    fold(&(0..count).map(|_| words[random.below(words.len())]).collect::<String>())
                });
                let facets = ["register=penalty", "year=2025", "kind=guide"];
                Row {
                    exact: folded[1..].iter().filter(|text| !text.is_empty()).cloned().collect(),
                    facets: facets[..random.below(4_usize)].iter().map(|facet| (*facet).to_owned()).collect(),
                    day: (at % 7 > 0).then_some(20_000 + at),
                    record: vec![1; random.below(40)],
                    attached: if at % 3 == 0 { folded[0].clone() } else { String::new() },
                    folded,
                }
            })
            .collect()
    }

    fn made_here() -> Index {
        let mut writer = Writer::create(RamDirectory::create()).expect("memory takes it");
        rows().into_iter().for_each(|row| writer.add(row).expect("memory takes it"));
        writer.finish().expect("memory takes it")
    }

    fn made_by_tantivy() -> Index {
        let (schema, columns) = schema();
        let tokenizers = TokenizerManager::default();
        tokenizers.register("pair", Cutter(Kind::Pair));
        tokenizers.register("gram", Cutter(Kind::Other));
        let index = Index::builder().schema(schema).tokenizers(tokenizers);
        let writer = index.single_segment_index_writer(RamDirectory::create(), 64 << 20);
        let mut writer: SingleSegmentIndexWriter = writer.expect("a budget that is enough");
        for row in rows() {
            let mut document = TantivyDocument::new();
            for field in Field::ALL {
                for kind in Kind::ALL {
                    document.add_text(columns.of(field, kind), &row.folded[field as usize]);
                }
            }
            row.exact.iter().for_each(|text| document.add_text(columns.exact, text));
            row.facets.iter().for_each(|facet| document.add_text(columns.facet, facet));
            row.day.into_iter().for_each(|day| document.add_i64(columns.day, day));
            document.add_bytes(columns.record, &row.record);
            if !row.attached.is_empty() {
                document.add_text(columns.attached, &row.attached);
            }
            writer.add_document(document).expect("memory takes it");
        }
        writer.finalize().expect("memory takes it")
    }

    /// Everything that is read from an index: a line for each posting, norm, day, set of facets and stored document.
    fn read(index: &Index) -> Vec<String> {
        let searcher = index.reader().expect("a reader").searcher();
        let (schema, segment) = (index.schema(), searcher.segment_reader(0));
        let mut all = Vec::new();
        for (column, entry) in schema.fields().filter(|(_, entry)| entry.is_indexed()) {
            let name = entry.name();
            let inverted = segment.inverted_index(column).expect("a column");
            all.push(format!("{name}: {}", inverted.total_num_tokens()));
            let mut terms = inverted.terms().stream().expect("terms");
            while terms.advance() {
                let gram = String::from_utf8_lossy(terms.key()).into_owned();
                let option = IndexRecordOption::WithFreqsAndPositions;
                let postings = inverted.read_postings_from_terminfo(terms.value(), option);
                let mut postings = postings.expect("postings");
                let mut positions = Vec::new();
                while postings.doc() != TERMINATED {
                    postings.positions(&mut positions);
                    let (document, count) = (postings.doc(), postings.term_freq());
                    all.push(format!("{name} {gram}: {} {document} {count} {positions:?}", terms.value().doc_freq));
                    postings.advance();
                }
            }
            if entry.has_fieldnorms() {
                let norms = segment.get_fieldnorms_reader(column).expect("norms");
                all.extend((0..segment.max_doc()).map(|document| norms.fieldnorm_id(document).to_string()));
            }
        }
        let days = segment.fast_fields().i64("day").expect("a column");
        let facets = segment.fast_fields().str("facet").expect("a column").expect("facets");
        let store = segment.get_store_reader(1).expect("a store");
        for document in 0..segment.max_doc() {
            let facets: Vec<u64> = facets.term_ords(document).collect();
            let kept: TantivyDocument = store.get(document).expect("a document");
            all.push(format!("{:?} {facets:?} {}", days.first(document), kept.to_json(&schema)));
        }
        all
    }

    #[test]
    fn a_segment_holds_what_tantivys_own_writer_puts_there() {
        let (here, there) = (read(&made_here()), read(&made_by_tantivy()));
        for (one, other) in here.iter().zip(&there) {
            assert_eq!(one, other);
        }
        assert_eq!(here.len(), there.len());
    }
}
