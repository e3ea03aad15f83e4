//! What both sides must agree on, as `generator/search/golden.json`: folding, covers, addresses and codes. The
//! browser's tests read it; `UPDATE=1` writes it anew.

use std::path::Path;

use serde_json::{Value, json};

use super::bits::Bits;
use super::key;
use crate::search::fold::fold;
use crate::search::grams;
use crate::text::Random;

const TEXTS: &[&str] = &[
    "",
    "安",
    "安全",
    "安全生产",
    "安 全　生\t产",
    "《安全生产法》第五条",
    "豫应急罚〔2025〕12号",
    "豫應急罰［２０２５］１２號",
    "11・21",
    "91410100ma00000x0A",
    "爲裏産門",
    "Café",
    "⼈⾝",
    "零\u{200B}宽",
    "—–－",
    "甲\n乙",
    "😀 emoji 👨‍👩‍👧",
    "__proto__",
    "constructor",
    "𠀀𠮷野家",
    "ﬁ ﬂ Ⅷ ㎏ ㈱",
    "İstanbul ΑΣ ß",
    "a\u{301}\u{302}",
    "\u{0}\u{7}\u{85}",
    "1234567890123456789",
    "号91410105ma9t000188",
    "abc def",
    "第十二条",
    "･｡ｱ",
    "한국어",
    "ｶﾞ",
    "\u{FEFF}bom",
    "﷽",
];

/// What a root says of a tier: common characters and pairs, the most common first.
const COMMON: [[&str; 2]; 3] = [["安全", "安全"], ["生", ""], ["法条第号0一", "生产条第"]];

/// Characters of many kinds side by side.
fn text(random: &mut Random) -> String {
    const KINDS: &[(u32, u32)] = &[
        (0x20, 95),
        (0x4E00, 20_000),
        (0x4E00, 400),
        (0x30, 10),
        (0x61, 26),
        (0xFF01, 94),
        (0x3000, 64),
        (0x3400, 6_000),
        (0x20000, 40_000),
        (0xA1, 600),
        (0x2010, 60),
    ];
    let length = random.below(14);
    let chars = (0..length).filter_map(|_| {
        let (first, count) = KINDS[random.below(KINDS.len())];
        char::from_u32(first + random.below(count))
    });
    chars.collect()
}

fn golden() -> Value {
    let mut random = Random(5);
    let mut texts: Vec<String> = TEXTS.iter().map(|text| (*text).to_owned()).collect();
    texts.extend((0..400).map(|_| text(&mut random)));
    let levels = key::Levels::new(COMMON.map(|level| level.map(str::to_owned)).as_slice());
    let folded = |text: &String| {
        let folded = fold(text);
        let phrase = folded.replace('\n', "");
        let cover: Vec<&str> = grams::cover(&phrase).iter().map(|placed| placed.gram).collect();
        let key = key::exact(&phrase, &levels);
        json!([text, folded, cover, key.place, &key.line[1..]])
    };
    let lists = (0..60u32).map(|round| {
        let limit = 1 + random.below(if round % 2 == 0 { 40 } else { 5_000 });
        let share = 1 + random.below(20_u32);
        let values: Vec<u32> = (0..limit).filter(|_| random.below(share) == 0).collect();
        let counts: Vec<u32> = values.iter().map(|_| 1 + random.below(share).pow(2)).collect();
        let mut bits = Bits::default();
        bits.gamma(limit);
        bits.subset(&values, limit);
        bits.counts(&counts);
        let mut bytes = Vec::new();
        bits.drain_into(&mut bytes);
        json!([limit, values, counts, bytes])
    });
    let lists: Vec<Value> = lists.collect();
    json!({ "common": COMMON, "texts": texts.iter().map(folded).collect::<Vec<_>>(), "lists": lists })
}

#[test]
fn the_golden_file_is_what_this_side_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("search/golden.json");
    let made = serde_json::to_string(&golden()).expect("plain values have a JSON form").replace("],[", "],\n[") + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).expect("the folder is there");
    }
    let known = std::fs::read_to_string(&path).expect("the file is there");
    assert!(known == made, "generator/search/golden.json differs; UPDATE=1 writes it anew");
}
