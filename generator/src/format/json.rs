//! Turns a long text into a JSON string (RFC 8259), byte for byte as `serde_json` writes it, but looking at many
//! bytes at once: the texts of records are most of what a portal's data files hold.

use memchr::memchr3_iter;

/// Appends the text as a JSON string.
pub(crate) fn string(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    // Other control characters are so rare that the library may write such a text.
    if bytes.iter().fold(false, |found, &byte| found | ((byte < b' ') & (byte != b'\n'))) {
        serde_json::to_writer(out, text).expect("writing to memory cannot fail");
        return;
    }
    out.reserve(bytes.len() + bytes.len() / 16 + 2);
    out.push(b'"');
    let mut from = 0;
    for at in memchr3_iter(b'\n', b'"', b'\\', bytes) {
        out.extend_from_slice(&bytes[from..at]);
        out.extend_from_slice(match bytes[at] {
            b'\n' => b"\\n",
            b'"' => b"\\\"",
            _ => b"\\\\",
        });
        from = at + 1;
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::string;

    #[test]
    fn strings_are_those_of_the_library() {
        for text in ["", "安全", "一\n二\n\n\"三\"\\n", "制表\t符\r\n", "\u{0}\u{1f}\u{7f}\u{2028}", "\\", "\""]
        {
            let mut out = b"[".to_vec();
            string(&mut out, text);
            assert_eq!(out[1..], serde_json::to_vec(text).expect("a text can be written"), "{text:?}");
        }
    }
}
