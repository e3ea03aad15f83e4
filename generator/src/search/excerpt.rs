//! The part of a text around what was looked for, with the places marked.

use super::fold::{self, BLOCK};

/// A stretch of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Piece {
    pub(crate) text: String,
    /// Whether it is what was looked for.
    pub(crate) mark: bool,
}

/// Characters before the first place that is found, and in all.
const BEFORE: usize = 24;
const LENGTH: usize = 90;

/// The block in which one of the folded phrases stands first, cut to a few lines; the beginning of the
/// text where none stands.
pub(crate) fn excerpt(text: &str, phrases: &[&str]) -> Vec<Piece> {
    let folded = fold::with_offsets(text);
    let chars: Vec<char> = folded.iter().map(|(c, _)| *c).collect();
    let first = phrases.iter().filter_map(|phrase| place(&chars, phrase, 0)).min_by_key(|(from, _)| *from);
    let around = first.map_or(0, |(from, _)| from);
    let start_of_block = chars[..around].iter().rposition(|c| *c == BLOCK).map_or(0, |at| at + 1);
    let from = start_of_block.max(around.saturating_sub(BEFORE));
    let end_of_block = chars[around..].iter().position(|c| *c == BLOCK).map_or(chars.len(), |at| around + at);
    let to = end_of_block.min(from + LENGTH);
    let offset = |at: usize| folded.get(at).map_or(text.len(), |(_, offset)| *offset);
    let mut pieces = Vec::new();
    let mut put = |range: std::ops::Range<usize>, mark: bool| {
        let slice = text[offset(range.start)..offset(range.end)].trim_matches('\n');
        if !slice.is_empty() {
            pieces.push(Piece { text: slice.to_owned(), mark });
        }
    };
    let mut at = from;
    while at < to {
        let next = phrases.iter().filter_map(|phrase| place(&chars[..to], phrase, at)).min();
        let Some((start, end)) = next else { break };
        put(at..start, false);
        put(start..end, true);
        at = end;
    }
    put(at..to, false);
    if from > start_of_block {
        pieces.insert(0, Piece { text: "…".to_owned(), mark: false });
    }
    if to < end_of_block {
        pieces.push(Piece { text: "…".to_owned(), mark: false });
    }
    pieces
}

/// The next place of a phrase at or after a character.
fn place(chars: &[char], phrase: &str, from: usize) -> Option<(usize, usize)> {
    let phrase: Vec<char> = phrase.chars().collect();
    if phrase.is_empty() {
        return None;
    }
    let rest = chars.get(from..)?;
    let at = rest.windows(phrase.len()).position(|window| window == phrase)?;
    Some((from + at, from + at + phrase.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_shows_what_was_looked_for() {
        let long = format!("{}豫应急罚〔2025〕1号{}", "前".repeat(60), "后".repeat(200));
        for (text, phrases, expected) in [
            ("甲\n关于安全 生产的通知\n乙", vec!["安全生产"], "关于[安全 生产]的通知".to_owned()),
            ("安全与安全", vec!["安全"], "[安全]与[安全]".to_owned()),
            ("没有", vec!["安全"], "没有".to_owned()),
            (&long, vec!["(2025)1号"], format!("…{}豫应急罚[〔2025〕1号]{}…", "前".repeat(20), "后".repeat(58))),
            ("", vec!["安全"], String::new()),
        ] {
            let pieces = excerpt(text, &phrases).into_iter();
            let shown: String =
                pieces.map(|piece| if piece.mark { format!("[{}]", piece.text) } else { piece.text }).collect();
            assert_eq!(shown, expected, "{text}");
        }
    }
}
