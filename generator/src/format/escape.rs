//! Copies a text and replaces the characters that may not stand in it. It must not know any format: each brings its
//! bytes and its replacements.

use std::borrow::Cow;

/// Bytes, told from others by one look.
pub(super) struct Bytes([bool; 256]);

impl Bytes {
    pub(super) const fn of(bytes: &[u8]) -> Bytes {
        let mut held = [false; 256];
        let mut at = 0;
        while at < bytes.len() {
            held[bytes[at] as usize] = true;
            at += 1;
        }
        Bytes(held)
    }

    /// The control characters of ASCII too, but for DEL.
    pub(super) const fn and_controls(mut self) -> Bytes {
        let mut control = 0;
        while control < 0x20 {
            self.0[control] = true;
            control += 1;
        }
        self
    }

    pub(super) fn hold(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }
}

/// Appends the text with its replacements. Only characters that begin with one of the bytes are asked for;
/// `replacement` gives none for a character that may stand as it is.
pub(super) fn escape(
    out: &mut String,
    text: &str,
    bytes: &Bytes,
    replacement: impl Fn(char) -> Option<Cow<'static, str>>,
) {
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = text.as_bytes()[at..].iter().position(|byte| bytes.hold(*byte)) {
        let start = at + found;
        let c = text[start..].chars().next().expect("the bytes are those that begin characters");
        at = start + c.len_utf8();
        if let Some(instead) = replacement(c) {
            out.push_str(&text[copied..start]);
            out.push_str(&instead);
            copied = at;
        }
    }
    out.push_str(&text[copied..]);
}
