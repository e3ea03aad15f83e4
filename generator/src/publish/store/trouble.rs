//! What an error of a service means, in words for people and without secrets. Pure.

use std::io;

use opendal::ErrorKind;

use super::secrets::Secrets;
use crate::diag::{Diagnostics, Said};
use crate::text::Text;

/// What went wrong with one request, after all repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::publish) struct Trouble {
    pub(in crate::publish) kind: Kind,
    /// What the service said, without secrets.
    pub(in crate::publish) said: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::publish) enum Kind {
    /// Credentials are missing, wrong or not enough.
    Denied,
    NoBucket,
    /// A condition did not hold: somebody else has written.
    Lost,
    /// The service has no room.
    Full,
    /// It cannot be reached, or answers with errors, however often it is asked.
    Unavailable,
    /// Settings that the service does not take.
    Settings,
    Other,
}

impl Trouble {
    /// What an error of OpenDAL means.
    pub(super) fn of(error: &opendal::Error, secrets: &Secrets) -> Trouble {
        let message = error.to_string();
        let kind = match error.kind() {
            ErrorKind::ConditionNotMatch | ErrorKind::AlreadyExists | ErrorKind::Conflict => Kind::Lost,
            _ if message.contains("NoSuchBucket") || message.contains("ContainerNotFound") => Kind::NoBucket,
            ErrorKind::PermissionDenied => Kind::Denied,
            _ if is_refusal(&message) => Kind::Denied,
            ErrorKind::ConfigInvalid => Kind::Settings,
            _ if is_full(&message) => Kind::Full,
            _ if is_passing(error) || error.is_persistent() || message.contains("http client") => Kind::Unavailable,
            _ => Kind::Other,
        };
        Trouble { kind, said: secrets.scrubbed(&first_words(error)) }
    }

    /// Says it as a finding.
    pub(in crate::publish) fn tell(&self, target: &str, path: Option<&str>, diags: &mut Diagnostics) {
        let (code, meaning, help) = self.kind.words();
        let text = |(zh, en): (&str, &str)| Text::new(zh, en);
        diags.target_trouble(code, target, path, Said { meaning: text(meaning), help: text(help), words: &self.said });
    }
}

/// Chinese and English.
type Words = (&'static str, &'static str);

impl Kind {
    /// Code of the finding, what it means, and what to do about it.
    fn words(self) -> (&'static str, Words, Words) {
        match self {
            Kind::Denied => (
                "target-denied",
                ("服务拒绝了密钥", "the service refuses the keys"),
                (
                    "检查环境变量里的密钥及其权限；变量名见 docs/publishing.zh-CN.md",
                    "check the keys in the environment and what they may do; their names are in docs/publishing.md",
                ),
            ),
            Kind::NoBucket => (
                "no-bucket",
                ("没有这个存储桶", "there is no such bucket"),
                (
                    "检查 portal.toml 里的 bucket 和 endpoint，或先建好存储桶",
                    "check `bucket` and `endpoint` in portal.toml, or make the bucket first",
                ),
            ),
            Kind::Lost => (
                "target-busy",
                ("另有人写过", "somebody else has written"),
                ("等其完成后再运行一次", "run again when they are done"),
            ),
            Kind::Full => (
                "target-full",
                ("空间已满", "it is full"),
                ("清理后再运行一次，已传的不会重传", "make room and run again; what has arrived is not sent again"),
            ),
            Kind::Unavailable => (
                "target-unavailable",
                ("连不上，或一再出错", "it cannot be reached, or fails again and again"),
                (
                    "检查网络和 endpoint，稍后再运行一次，已传的不会重传",
                    "check the network and `endpoint`, and run again later; what has arrived is not sent again",
                ),
            ),
            Kind::Settings => (
                "target-settings",
                ("设置不被接受", "it does not take these settings"),
                ("检查 portal.toml 里该目标的设置", "check the settings of this target in portal.toml"),
            ),
            Kind::Other => (
                "target-trouble",
                ("请求失败", "a request failed"),
                ("按服务的说法处理后再运行一次", "act on what the service says and run again"),
            ),
        }
    }
}

/// What went wrong with a folder on this machine.
pub(in crate::publish) fn of_disk(error: &io::Error) -> Trouble {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied => Kind::Denied,
        io::ErrorKind::StorageFull => Kind::Full,
        _ => Kind::Other,
    };
    Trouble { kind, said: error.to_string() }
}

/// What the service said, short and without the headers of the answer.
fn first_words(error: &opendal::Error) -> String {
    use std::error::Error;
    let mut words = error.message().to_owned();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !words.contains(&said) {
            words = format!("{words}: {said}");
        }
        cause = inner.source();
    }
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(300).collect()
}

pub(super) fn is_passing(error: &opendal::Error) -> bool {
    error.is_temporary() || error.kind() == ErrorKind::RateLimited || is_ssh_hiccup(&error.to_string())
}

/// A server that gets too many connections at once resets some of them before it knows whose they are.
fn is_ssh_hiccup(message: &str) -> bool {
    let words = ["kex_exchange_identification", "Connection reset by", "Connection closed by", "Broken pipe"];
    message.contains("ssh error") && words.iter().any(|word| message.contains(word))
}

fn is_refusal(message: &str) -> bool {
    let words = [
        "status: 401",
        "status: 403",
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "AccessDenied",
        "no valid credential",
    ];
    let denied = [
        "Permission denied",
        "Unauthorized",
        "credential is",
        "failed to load signing credential",
        "Host key verification failed",
    ];
    words.iter().chain(&denied).any(|word| message.contains(word))
}

fn is_full(message: &str) -> bool {
    ["No space left", "Insufficient Storage", "status: 507", "QuotaExceeded", "os error 28"]
        .iter()
        .any(|word| message.contains(word))
}
