//! Files made here, each with words in every place where words can stand.

use std::io::Write;

use pdf_extract::{Document, Object, Stream, dictionary};

use super::*;

fn package(members: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, content) in members {
        writer.start_file(*name, options).expect("memory takes every member");
        writer.write_all(content.as_bytes()).expect("memory takes every byte");
    }
    writer.finish().expect("memory takes the directory").into_inner()
}

fn read(name: &str, bytes: &[u8]) -> Extracted {
    extract(name, bytes).expect("a sound file")
}

/// The text of all parts of one kind.
fn parts(found: &Extracted, what: What) -> String {
    let own = found.hidden.iter().filter(|part| part.what == what);
    own.map(|part| part.text.as_str()).collect::<Vec<_>>().join("|")
}

fn holds(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "no “{word}” in {text:?}");
    }
}

#[test]
fn a_document_gives_its_runs_joined_and_its_secrets_apart() {
    let body = r#"<w:document xmlns:w="w"><w:body>
        <w:p><w:r><w:t>电话138</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>00001111</w:t></w:r></w:p>
        <w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏的字</w:t></w:r><w:r><w:t>看得见&amp;的字</w:t></w:r></w:p>
        <w:p><w:del w:author="改稿人"><w:r><w:delText>删去的字</w:delText></w:r></w:del></w:p>
        <w:p><w:r><w:instrText>HYPERLINK "mailto:x@example.com"</w:instrText></w:r></w:p>
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
        </w:body></w:document>"#;
    let bytes = package(&[
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", body),
        ("word/header1.xml", r#"<w:hdr xmlns:w="w"><w:p><w:r><w:t>页眉的字</w:t></w:r></w:p></w:hdr>"#),
        (
            "word/comments.xml",
            r#"<w:comments xmlns:w="w"><w:comment w:author="批注人"><w:p><w:r><w:t>批注的字</w:t></w:r></w:p></w:comment></w:comments>"#,
        ),
        (
            "docProps/core.xml",
            r#"<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>作者名</dc:creator></cp:coreProperties>"#,
        ),
        (
            "docProps/custom.xml",
            r#"<Properties><property name="经办人"><vt:lpwstr xmlns:vt="v">某经办</vt:lpwstr></property></Properties>"#,
        ),
        (
            "word/_rels/document.xml.rels",
            r#"<Relationships><Relationship Target="mailto:y@example.com" TargetMode="External"/></Relationships>"#,
        ),
    ]);
    let found = read("a.docx", &bytes);
    holds(&found.text, &["电话13800001111\n", "看得见&的字", "页眉的字", "甲\t乙\t\n"]);
    for word in ["隐藏的字", "删去的字", "批注的字", "作者名", "mailto"] {
        assert!(!found.text.contains(word), "{word} shows");
    }
    holds(&parts(&found, What::Hidden), &["隐藏的字", "x@example.com"]);
    holds(&parts(&found, What::Revision), &["删去的字", "改稿人"]);
    holds(&parts(&found, What::Comment), &["批注的字", "批注人"]);
    holds(&parts(&found, What::Property), &["作者名", "某经办"]);
    holds(&parts(&found, What::Leftover), &["y@example.com"]);
    assert!(found.hidden.iter().any(|part| part.at == "经办人"), "a property keeps its name");
}

#[test]
fn a_workbook_gives_rows_with_tabs_and_hidden_cells_apart() {
    let bytes = package(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns:r="r"><sheets><sheet name="台账" r:id="rId1"/><sheet name="旧" state="hidden" r:id="rId2"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="worksheets/sheet2.xml"/></Relationships>"#,
        ),
        (
            "xl/sharedStrings.xml",
            "<sst><si><r><t>姓</t></r><r><t>名</t></r></si><si><t>隐藏列</t></si><si><t>没人用</t></si></sst>",
        ),
        (
            "xl/worksheets/sheet1.xml",
            r#"<worksheet><cols><col min="2" max="2" hidden="1"/></cols><sheetData>
            <row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1"><v>42</v></c></row>
            <row r="2" hidden="1"><c r="A2" t="inlineStr"><is><t>隐藏行</t></is></c></row></sheetData></worksheet>"#,
        ),
        (
            "xl/worksheets/sheet2.xml",
            r#"<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>隐藏表</v></c></row></sheetData></worksheet>"#,
        ),
        (
            "xl/comments1.xml",
            "<comments><authors><author>批注人</author></authors><commentList><comment><text><t>批注</t></text></comment></commentList></comments>",
        ),
    ]);
    let found = read("a.xlsx", &bytes);
    assert_eq!(found.text, "姓名\t42\t\n");
    holds(&parts(&found, What::Hidden), &["隐藏列", "隐藏行", "隐藏表"]);
    holds(&parts(&found, What::Leftover), &["没人用", "旧"]);
    holds(&parts(&found, What::Comment), &["批注人", "批注"]);
}

#[test]
fn slides_and_open_documents() {
    let slides = package(&[
        ("[Content_Types].xml", "<Types/>"),
        ("ppt/slides/slide1.xml", r#"<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>幻灯片</a:t></a:r></a:p></p:sld>"#),
        (
            "ppt/slides/slide2.xml",
            r#"<p:sld show="0" xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>不放映</a:t></a:r></a:p></p:sld>"#,
        ),
        (
            "ppt/notesSlides/notesSlide1.xml",
            r#"<p:notes xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>讲稿</a:t></a:r></a:p></p:notes>"#,
        ),
    ]);
    let found = read("a.pptx", &slides);
    assert_eq!(found.text, "幻灯片\n");
    holds(&parts(&found, What::Hidden), &["不放映"]);
    holds(&parts(&found, What::Notes), &["讲稿"]);

    let open = package(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "content.xml",
            r#"<o:c xmlns:o="o" xmlns:t="t" xmlns:table="b" xmlns:dc="d"><table:table-row><table:table-cell><t:p>甲<t:s t:c="2"/>乙</t:p></table:table-cell></table:table-row>
            <table:table-row table:visibility="collapse"><table:table-cell><t:p>收起的行</t:p></table:table-cell></table:table-row>
            <o:annotation><dc:creator>批注人</dc:creator><t:p>批注</t:p></o:annotation></o:c>"#,
        ),
        ("meta.xml", r#"<o:meta xmlns:o="o" xmlns:dc="d"><dc:creator>作者名</dc:creator></o:meta>"#),
    ]);
    let found = read("a.ods", &open);
    holds(&found.text, &["甲  乙\t\n"]);
    assert!(!found.text.contains("收起") && !found.text.contains("批注"));
    holds(&parts(&found, What::Hidden), &["收起的行"]);
    holds(&parts(&found, What::Comment), &["批注人", "批注"]);
    holds(&parts(&found, What::Property), &["作者名"]);
}

fn pdf() -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let pages = document.new_object_id();
    let font = document.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
    let content = b"BT /F1 12 Tf 100 600 Td (Call 138) Tj (00001111) Tj ET".to_vec();
    let content = document.add_object(Stream::new(dictionary! {}, content));
    let note = document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Text", "Contents" => Object::string_literal("a note"),
    });
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "Contents" => content, "Annots" => vec![note.into()],
        "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    });
    document.objects.insert(
        pages,
        Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }),
    );
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    let author: Vec<u8> = [0xFE, 0xFF].into_iter().chain("作者名".encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let info =
        document.add_object(dictionary! { "Author" => Object::String(author, pdf_extract::StringFormat::Hexadecimal) });
    document.trailer.set("Root", catalog);
    document.trailer.set("Info", info);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("memory takes every byte");
    bytes
}

#[test]
fn a_pdf_gives_its_pages_its_notes_and_its_author() {
    let bytes = pdf();
    let found = read("a.pdf", &bytes);
    holds(&found.text.replace(' ', ""), &["Call13800001111"]);
    holds(&parts(&found, What::Comment), &["a note"]);
    holds(&parts(&found, What::Property), &["作者名"]);
    for length in (0..bytes.len()).step_by(37) {
        // Cut off anywhere, it is read or refused; nothing else.
        let _ = extract("a.pdf", &bytes[..length]);
    }
    assert!(matches!(extract("a.pdf", b"%PDF-1.7\nnothing"), Err(Refused::Damaged(_))));
}

/// A JPEG with everything a camera writes, and a turn to the right.
fn jpeg() -> Vec<u8> {
    let segment = |marker: u8, payload: &[u8]| {
        let length = u16::try_from(payload.len() + 2).expect("short").to_be_bytes();
        [&[0xFF, marker], length.as_slice(), payload].concat()
    };
    let mut tiff = b"MM\0*\0\0\0\x08\0\x02".to_vec();
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]); // Orientation 6
    tiff.extend([0x01, 0x3B, 0, 2, 0, 0, 0, 8, 0, 0, 0, 38, 0, 0, 0, 0]); // Artist
    tiff.extend(b"someone\0");
    [
        vec![0xFF, 0xD8],
        segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        segment(0xE1, &[b"Exif\0\0".as_slice(), &tiff].concat()),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='x'><a>xmp words</a></x:xmpmeta>"),
        segment(0xED, b"Photoshop 3.0\08BIM\x1C\x02\x50\0\x06byline"),
        segment(0xFE, "注释".as_bytes()),
        segment(0xDB, &[0; 65]),
        segment(0xDA, &[1, 1, 0, 0, 63, 0]),
        vec![1, 2, 0xFF, 0, 3, 0xFF, 0xD0, 4],
        vec![0xFF, 0xD9],
        b"a film with 13800001111 in it".to_vec(),
    ]
    .concat()
}

fn png() -> Vec<u8> {
    let chunk = |kind: &[u8], payload: &[u8]| {
        let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
        [length.as_slice(), kind, payload, &[0; 4]].concat()
    };
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all("压缩的字".as_bytes()).expect("memory takes every byte");
    let packed = packed.finish().expect("memory takes every byte");
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &[0; 13]),
        chunk(b"tEXt", "Author\0作者名".as_bytes()),
        chunk(b"zTXt", &[b"Comment\0\0".as_slice(), &packed].concat()),
        chunk(b"iTXt", &[b"Title\0\0\0zh\0\0".as_slice(), "标题".as_bytes()].concat()),
        chunk(b"IDAT", &[1, 2, 3]),
        chunk(b"IEND", &[]),
    ]
    .concat()
}

fn webp() -> Vec<u8> {
    let chunk = |kind: &[u8], payload: &[u8]| {
        let length = u32::try_from(payload.len()).expect("short").to_le_bytes();
        [kind, &length, payload, &vec![0; payload.len() % 2]].concat()
    };
    let body = [
        chunk(b"VP8X", &[0x0C, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        chunk(b"VP8L", &[1, 2, 3]),
        chunk(b"XMP ", b"<x:xmpmeta xmlns:x='x'><a>xmp words</a></x:xmpmeta>"),
    ]
    .concat();
    let size = u32::try_from(body.len() + 4).expect("short").to_le_bytes();
    [b"RIFF".as_slice(), &size, b"WEBP", &body].concat()
}

fn gif() -> Vec<u8> {
    [
        b"GIF89a\x01\0\x01\0\x80\0\0".as_slice(),
        &[0; 6],
        b"\x21\xFE\x07comment\0",
        b"\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0",
        b"\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;",
    ]
    .concat()
}

#[test]
fn images_tell_who_made_them_and_can_be_cleaned() {
    for (name, bytes, words) in [
        ("a.jpg", jpeg(), vec!["someone", "xmp words", "byline", "注释"]),
        ("a.png", png(), vec!["作者名", "压缩的字", "标题"]),
        ("a.webp", webp(), vec!["xmp words"]),
        ("a.gif", gif(), vec!["comment"]),
    ] {
        let found = read(name, &bytes);
        assert_eq!(found.text, "", "{name}");
        holds(&parts(&found, What::Metadata), &words);
        let clean = cleaned(&bytes).expect("there is something to leave out");
        assert_eq!(read(name, &clean).hidden, [], "{name}");
        assert_eq!(cleaned(&clean), None, "{name} is clean");
        for length in 0..bytes.len() {
            // Cut off anywhere, nothing panics.
            let _ = (extract(name, &bytes[..length]), cleaned(&bytes[..length]));
        }
    }
    holds(&parts(&read("a.jpg", &jpeg()), What::Leftover), &["13800001111"]);
}

#[test]
fn a_cleaned_photograph_still_knows_how_it_is_turned() {
    let clean = cleaned(&jpeg()).expect("there is something to leave out");
    let read = exif::Reader::new().read_from_container(&mut std::io::Cursor::new(&clean)).expect("it has an EXIF");
    let names: Vec<String> = read.fields().map(|field| field.tag.to_string()).collect();
    assert_eq!(names, ["Orientation"]);
    let turn = read.get_field(exif::Tag::Orientation, exif::In::PRIMARY).and_then(|field| field.value.get_uint(0));
    assert_eq!(turn, Some(6));
}

#[test]
fn text_of_any_encoding_markup_archives_and_old_documents() {
    let (gbk, _, _) = encoding_rs::GB18030.encode("身份证号");
    assert_eq!(read("a.csv", &gbk).text, "身份证号");
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain("宽字".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(read("a.txt", &wide).text, "宽字");

    let page = read("a.html", "<p title=\"提示\">甲&#20057;<!-- 注释 --><b>丙</b></p>".as_bytes());
    assert_eq!(page.text.trim(), "甲乙丙");
    holds(&parts(&page, What::Comment), &["注释"]);
    holds(&parts(&page, What::Leftover), &["提示"]);

    let inner = package(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<p><t>里面的字</t></p>")]);
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.start_file("张三.docx", options).expect("memory takes every member");
    writer.write_all(&inner).expect("memory takes every byte");
    let archive = writer.finish().expect("memory takes the directory").into_inner();
    holds(&read("a.zip", &archive).text, &["张三.docx", "里面的字"]);

    let mut old = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    old.extend("旧文档里的字 13800001111".encode_utf16().flat_map(u16::to_le_bytes));
    holds(&read("a.doc", &old).text, &["旧文档里的字 13800001111"]);

    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all("压缩的字".as_bytes()).expect("memory takes every byte");
    assert_eq!(read("a.json.gz", &packed.finish().expect("memory takes every byte")).text, "压缩的字");
    let unknown = extract("a.bin", b"\x00\x01letters\x02\x03");
    assert!(matches!(&unknown, Err(Refused::Unknown(words)) if words.ends_with("letters")), "{unknown:?}");
}

#[test]
fn bombs_are_refused() {
    let zeros = " ".repeat(64 * 1024 * 1024);
    let members: Vec<(String, &str)> = (0..5).map(|at| (format!("{at}.txt"), zeros.as_str())).collect();
    let members: Vec<(&str, &str)> = members.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    assert_eq!(extract("bomb.zip", &package(&members)), Err(Refused::TooLarge));

    let mut nested = b"text".to_vec();
    for _ in 0..5 {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&nested).expect("memory takes every byte");
        nested = packed.finish().expect("memory takes every byte");
    }
    assert_eq!(extract("a.gz", &nested), Err(Refused::TooLarge));
}
