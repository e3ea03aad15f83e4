//! What a provider takes at most, checked before the first byte goes out. Pure; figures as the providers
//! documented them in 2026, and a target's own settings go before them.

use super::compose::Composed;
use crate::config::{Provider, Target};
use crate::text::Text;

const MIB: u64 = 1024 * 1024;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Limits {
    files: Option<u64>,
    file_bytes: Option<u64>,
    bytes: Option<u64>,
}

fn of(provider: Provider) -> Limits {
    match provider {
        // The free plan; a paid one takes 100,000 files.
        Provider::CloudflarePages => Limits { files: Some(20_000), file_bytes: Some(25 * MIB), bytes: None },
        Provider::Netlify => Limits { files: Some(54_000), ..Limits::default() },
        Provider::AzureStaticWebApps => Limits { files: Some(15_000), file_bytes: None, bytes: Some(250 * MIB) },
        Provider::Nginx => Limits::default(),
    }
}

/// Each limit that a release goes beyond, in words.
pub(super) fn exceeded(composed: &Composed<'_>, target: &Target) -> Vec<Text> {
    let provider = target.provider.map(of).unwrap_or_default();
    let files = composed.release.objects.len() as u64;
    let bytes: u64 = composed.release.objects.values().map(|object| object.size).sum();
    let mut found = Vec::new();
    if let Some(most) = target.max_files.or(provider.files).filter(|most| files > *most) {
        found.push(Text::new(
            format!("共 {files} 个文件，上限 {most}"),
            format!("{files} files, and at most {most} are taken"),
        ));
    }
    if let Some(most) = target.max_bytes.or(provider.bytes).filter(|most| bytes > *most) {
        found.push(Text::new(
            format!("共 {bytes} 字节，上限 {most}"),
            format!("{bytes} bytes, and at most {most} are taken"),
        ));
    }
    if let Some(most) = target.max_file_bytes.or(provider.file_bytes) {
        for (path, object) in composed.release.objects.iter().filter(|(_, object)| object.size > most) {
            let size = object.size;
            found.push(Text::new(
                format!("{path} 有 {size} 字节，单个文件上限 {most}"),
                format!("{path} has {size} bytes, and a file has at most {most}"),
            ));
        }
    }
    found
}
