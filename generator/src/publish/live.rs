//! Looks at a live site over HTTP, as a reader does, and compares it with a built portal. Changes nothing.

use std::path::Path;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use reqwest::{Client, StatusCode};
use sha2::{Digest, Sha256};

use super::compose::decoded;
use super::release::Stored;
use super::{Transfer, local};
use crate::diag::Diagnostics;
use crate::source::hex;
use crate::text::Text;

/// Requests at the same time: a site's readers come first.
const PARALLEL: usize = 8;
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often a request is repeated that got no answer, or an answer that will pass.
const REPEATS: u32 = 3;

/// What was found to be right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// Addresses that answer with the right content.
    pub right: usize,
    /// Addresses that answer 404 or 410, as they should.
    pub gone: usize,
}

/// Asks a live site for every file of the built portal in `out`, or every `every`th of them, and for every
/// address that may not answer.
///
/// # Errors
/// Every address that answers with something else.
pub fn verify_url(
    root: &Path,
    out: &Path,
    url: &str,
    every: usize,
    transfer: &dyn Transfer,
) -> Result<Live, Diagnostics> {
    let mut diags = Diagnostics::new();
    let base = format!("{}/", url.trim_end_matches('/'));
    let built = local::read(out, &root.join(super::HOME))?;
    // What hosts read themselves they do not show.
    let shown = built.files.iter().filter(|(path, _)| !path.starts_with('_'));
    let wanted: Vec<(&str, &str)> =
        shown.step_by(every.max(1)).map(|(path, (sha256, _))| (path.as_str(), sha256.as_str())).collect();
    let gone: Vec<&str> =
        built.facts.ended.iter().filter(|path| !built.files.contains_key(*path)).map(String::as_str).collect();
    let client = Client::builder().timeout(TIMEOUT).build();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let (client, runtime) = match (client, runtime) {
        (Ok(client), Ok(runtime)) => (client, runtime),
        (client, runtime) => {
            let why = client.err().map(|error| error.to_string()).or(runtime.err().map(|error| error.to_string()));
            diags.publishing_failed(&base, &why.unwrap_or_default());
            return Err(diags);
        }
    };
    transfer.begin(&Text::new("核对线上", "check the live site"), wanted.len() + gone.len(), 0);
    let asked = runtime.block_on(async {
        let files = wanted.iter().map(async |(path, sha256)| {
            let finding = file(&client, &base, path, sha256).await;
            transfer.advance(0);
            (*path, finding)
        });
        let absences = gone.iter().map(async |path| {
            let finding = absence(&client, &base, path).await;
            transfer.advance(0);
            (*path, finding)
        });
        let mut found: Vec<(&str, Option<Text>)> = stream::iter(files).buffer_unordered(PARALLEL).collect().await;
        found.extend(stream::iter(absences).buffer_unordered(PARALLEL).collect::<Vec<_>>().await);
        found
    });
    let mut findings: Vec<(&str, Text)> =
        asked.into_iter().filter_map(|(path, finding)| Some((path, finding?))).collect();
    findings.sort();
    for (path, finding) in &findings {
        diags.not_as_built(&format!("{base}{path}"), finding);
    }
    if findings.is_empty() { Ok(Live { right: wanted.len(), gone: gone.len() }) } else { Err(diags) }
}

/// What is wrong with an address that should answer with this content.
async fn file(client: &Client, base: &str, path: &str, sha256: &str) -> Option<Text> {
    let (status, body) = match ask(client, &format!("{base}{path}")).await {
        Ok(answer) => answer,
        Err(error) => return Some(unanswered(&error)),
    };
    // A host may answer with the status that this page explains.
    if !status.is_success() && path != "404.html" {
        return Some(Text::new(format!("状态 {status}"), format!("status {status}")));
    }
    let is_right = body.is_some_and(|body| hex(&Sha256::digest(&body)) == sha256);
    (!is_right).then(|| Text::new("内容与构建不同", "other content than was built"))
}

/// What is wrong with an address that should not answer.
async fn absence(client: &Client, base: &str, path: &str) -> Option<Text> {
    match ask(client, &format!("{base}{path}")).await {
        Ok((StatusCode::NOT_FOUND | StatusCode::GONE, _)) => None,
        Ok((status, _)) => {
            Some(Text::new(format!("应已撤下，却答 {status}"), format!("should be gone, and answers {status}")))
        }
        Err(error) => Some(unanswered(&error)),
    }
}

fn unanswered(error: &reqwest::Error) -> Text {
    let why = error.to_string();
    Text::new(format!("没有应答：{why}"), format!("no answer: {why}"))
}

/// Status and content of an answer; no content when its encoding is broken.
async fn ask(client: &Client, url: &str) -> reqwest::Result<(StatusCode, Option<Vec<u8>>)> {
    let mut tried = 0;
    loop {
        let answer = once(client, url).await;
        let passing = answer.as_ref().map_or(true, |(status, _)| status.is_server_error());
        if !passing || tried == REPEATS {
            return answer;
        }
        tried += 1;
        tokio::time::sleep(Duration::from_millis(300) * 2_u32.pow(tried)).await;
    }
}

async fn once(client: &Client, url: &str) -> reqwest::Result<(StatusCode, Option<Vec<u8>>)> {
    let answer = client.get(url).header(ACCEPT_ENCODING, "gzip, br").send().await?;
    let status = answer.status();
    let encoding = match answer.headers().get(CONTENT_ENCODING).and_then(|value| value.to_str().ok()) {
        Some("gzip") => Stored::Gzip,
        Some("br") => Stored::Br,
        _ => Stored::Plain,
    };
    Ok((status, decoded(answer.bytes().await?.to_vec(), encoding)))
}
