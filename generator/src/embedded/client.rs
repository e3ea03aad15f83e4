//! The browser's engine as it is published: minified when the program is built, its address made from its content.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::source::hex;

const TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/client.js"));

/// The search client as browsers get it.
pub(crate) struct SearchClient {
    name: String,
}

static CLIENT: LazyLock<SearchClient> = LazyLock::new(|| SearchClient {
    name: format!("search/client-{}.js", &hex(&Sha256::digest(TEXT.as_bytes()))[..12]),
});

pub(crate) fn search_client() -> &'static SearchClient {
    &CLIENT
}

impl SearchClient {
    /// Its route, which holds a hash of its text.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn text(&self) -> &'static str {
        TEXT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_is_small_and_has_its_table() {
        let client = search_client().text();
        assert!(!client.contains("@CHARACTERS@") && !client.contains("//"));
        assert!(client.contains('〔'));
        assert!(client.contains("export async function open(") && client.contains("export class SearchError "));
        let mut compressor = libdeflater::Compressor::new(libdeflater::CompressionLvl::best());
        let mut packed = vec![0; compressor.gzip_compress_bound(client.len())];
        let size = compressor.gzip_compress(client.as_bytes(), &mut packed).expect("the bound is enough");
        assert!(size <= 12 << 10, "{size} bytes");
    }
}
