//! Turns an address with any characters into the ASCII form of RFC 3986 that feeds, sitemaps and
//! calendars ask for. It must not know routes: it neither resolves nor checks an address.

use std::borrow::Cow;

use super::escape::Bytes;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Percent-encodes every byte that may not stand in a URI. A `%` is kept, so an address that is already
/// encoded stays as it is. A host name must be ASCII (punycode) before it comes here.
pub(crate) fn ascii(address: &str) -> Cow<'_, str> {
    if address.bytes().all(|byte| MAY_STAND.hold(byte)) {
        return Cow::Borrowed(address);
    }
    let mut out = String::with_capacity(address.len() * 2);
    for byte in address.bytes() {
        if MAY_STAND.hold(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    Cow::Owned(out)
}

/// The unreserved and reserved characters of RFC 3986, and `%`.
const MAY_STAND: Bytes =
    Bytes::of(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=%");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        fn check(input: &str, expected: &str) {
            assert_eq!(ascii(input), expected, "{input}");
        }
        check("https://example.gov.cn/penalty/a.html?x=1&y=2#z", "https://example.gov.cn/penalty/a.html?x=1&y=2#z");
        check("https://example.gov.cn/处罚/", "https://example.gov.cn/%E5%A4%84%E7%BD%9A/");
        check("/a b\"<c>\\\n.pdf", "/a%20b%22%3Cc%3E%5C%0A.pdf");
        check("/%E5%A4%84", "/%E5%A4%84");
        check("", "");
    }
}
