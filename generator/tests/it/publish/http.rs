//! As much of HTTP as a reader of a small site needs.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::Tree;

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// One request on a connection of its own; HTTP/1.0, so that the answer ends with the connection.
pub(crate) fn ask(method: &str, address: &str, path: &str, headers: &[(&str, &str)]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut head = format!("{method} {path} HTTP/1.0\r\nHost: {address}\r\nContent-Length: 0\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all((head + "\r\n").as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.ok_or_else(|| io::Error::other("an answer without a head"))?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| io::Error::other(format!("an answer without a status: {head}")))?;
    Ok(Answer { status, head, body: bytes[end + 4..].to_vec() })
}

/// What a test server takes for a signature; it does not look closer.
pub(crate) const SIGNED: (&str, &str) = (
    "Authorization",
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
);

pub(crate) fn get(address: &str, path: &str) -> Answer {
    ask("GET", address, path, &[SIGNED]).unwrap_or_else(|error| panic!("{address}{path}: {error}"))
}

/// Every object of a bucket.
pub(crate) fn bucket(address: &str, name: &str) -> Tree {
    let list = get(address, &format!("/{name}?list-type=2&max-keys=1000"));
    let text = String::from_utf8_lossy(&list.body).into_owned();
    assert!(text.contains("<IsTruncated>false"), "a test's bucket is small: {text}");
    let keys = text.split("<Key>").skip(1).filter_map(|rest| rest.split_once("</Key>"));
    keys.map(|(key, _)| (key.to_owned(), get(address, &format!("/{name}/{key}")).body)).collect()
}
