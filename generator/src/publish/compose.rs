//! A built portal and a target's settings become the release that the target will hold: headers, encodings,
//! compressed variants and the files of its provider. Pure, but for reading what is about to be sent.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use sha2::{Digest, Sha256};

use super::class::{Class, cache_control, class, compresses, content_type};
use super::local::{self, Local};
use super::provider;
use super::release::{Headers, Object, Release, Stored};
use crate::config::Target;
use crate::source::hex;

/// Quality and window of Brotli: files are compressed once, when they change.
const BROTLI_QUALITY: u32 = 9;
const BROTLI_WINDOW: u32 = 22;

/// What a target will hold, and where the bytes come from.
pub(super) struct Composed<'a> {
    local: &'a Local,
    pub(super) release: Release,
    pub(super) id: String,
    pub(super) manifest: Vec<u8>,
    /// Files that are made for the target's provider, by path.
    made: BTreeMap<String, Vec<u8>>,
}

/// Puts a release together.
pub(super) fn compose<'a>(local: &'a Local, target: &Target) -> Composed<'a> {
    let facts = &local.facts;
    let address =
        if target.url.is_empty() { facts.address.clone() } else { format!("{}/", target.url.trim_end_matches('/')) };
    let mut release = Release::new(facts.as_of.clone(), address);
    release.expires.clone_from(&facts.expires);
    release.ended.clone_from(&facts.ended);
    let made = target.provider.map(|provider| provider::files(provider, facts)).unwrap_or_default();
    let mut files: BTreeMap<&str, (String, u64)> =
        local.files.iter().map(|(path, file)| (path.as_str(), file.clone())).collect();
    for (path, bytes) in &made {
        files.insert(path, (hex(&Sha256::digest(bytes)), bytes.len() as u64));
    }
    for (path, (sha256, size)) in files {
        let content_type = content_type(path);
        let cache_control = cache_control(class(path), !facts.expires.is_empty(), target.page_seconds);
        let is_text = compresses(&content_type) && !(class(path) == Class::Pointer && path.starts_with('_'));
        let headers = |encoding, announced| Headers {
            content_type: content_type.clone(),
            cache_control: cache_control.clone(),
            encoding,
            announced,
        };
        if is_text {
            for encoding in target.variants.iter().map(|encoding| Stored::from(*encoding)) {
                if let Some(extension) = extension(encoding) {
                    release.add(format!("{path}{extension}"), sha256.clone(), size, headers(encoding, false));
                }
            }
        }
        let stored = if is_text { target.encoding.into() } else { Stored::Plain };
        release.add(path.to_owned(), sha256, size, headers(stored, true));
    }
    let manifest = release.to_bytes();
    Composed { local, id: Release::id(&manifest), release, manifest, made }
}

impl Composed<'_> {
    /// The bytes to store at a path; none when the file is no longer what it was.
    pub(super) fn bytes(&self, path: &str, object: &Object) -> Option<Vec<u8>> {
        let headers = self.release.headers(object);
        let beside = extension(headers.encoding).filter(|_| !headers.announced);
        let route = beside.map_or(path, |extension| path.trim_end_matches(extension));
        let plain = match self.made.get(route) {
            Some(bytes) => bytes.clone(),
            None => local::bytes(&self.local.folder, route, &object.sha256)?,
        };
        Some(encoded(plain, headers.encoding))
    }
}

fn extension(encoding: Stored) -> Option<&'static str> {
    match encoding {
        Stored::Plain => None,
        Stored::Gzip => Some(".gz"),
        Stored::Br => Some(".br"),
    }
}

fn encoded(plain: Vec<u8>, encoding: Stored) -> Vec<u8> {
    match encoding {
        Stored::Plain => plain,
        Stored::Gzip => {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            writer.write_all(&plain).and_then(|()| writer.finish()).expect("writing to memory cannot fail")
        }
        Stored::Br => {
            let mut packed = Vec::new();
            let mut writer = brotli::CompressorWriter::new(&mut packed, 1 << 16, BROTLI_QUALITY, BROTLI_WINDOW);
            writer.write_all(&plain).expect("writing to memory cannot fail");
            drop(writer);
            packed
        }
    }
}

/// The content of stored bytes; none when they are not what the encoding says.
pub(super) fn decoded(stored: Vec<u8>, encoding: Stored) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    match encoding {
        Stored::Plain => return Some(stored),
        Stored::Gzip => flate2::read::GzDecoder::new(stored.as_slice()).read_to_end(&mut plain).ok()?,
        Stored::Br => brotli::Decompressor::new(stored.as_slice(), 1 << 16).read_to_end(&mut plain).ok()?,
    };
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        let text = "公开 ".repeat(1000).into_bytes();
        for encoding in [Stored::Plain, Stored::Gzip, Stored::Br] {
            let stored = encoded(text.clone(), encoding);
            assert_eq!(stored.len() < text.len() / 10, encoding != Stored::Plain, "{encoding:?}");
            assert_eq!(decoded(stored, encoding), Some(text.clone()));
        }
        assert_eq!(decoded(b"no".to_vec(), Stored::Gzip), None);
    }
}
