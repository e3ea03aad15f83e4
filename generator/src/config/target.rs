//! `[target.NAME]` of `portal.toml`: where a built portal is published. Never holds a password or key: those
//! come from the environment.

use serde::Deserialize;

use crate::text::Text;

/// One place that a portal is published to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub service: Service,
    /// Folder on this machine, from the site's folder; only `fs`.
    #[serde(default)]
    pub path: String,
    /// Bucket, or container of `azblob`.
    #[serde(default)]
    pub bucket: String,
    /// Address of the service; `user@host:port` for `sftp`.
    #[serde(default)]
    pub endpoint: String,
    #[serde(default)]
    pub region: String,
    /// Account name of `azblob`.
    #[serde(default)]
    pub account: String,
    /// File with the private key of `sftp`; otherwise what the `ssh` program finds.
    #[serde(default)]
    pub key_file: String,
    /// What to do about a server of `sftp` that was never met.
    #[serde(default)]
    pub host_key: HostKey,
    /// Folder within the bucket or server that the portal lies in.
    #[serde(default)]
    pub prefix: String,
    /// The address readers use; otherwise `url` and `base_path` of the site.
    #[serde(default)]
    pub url: String,
    pub layout: Option<Layout>,
    /// How many earlier releases stay for a rollback, with `layout = "releases"`.
    #[serde(default = "five")]
    pub keep: usize,
    /// How texts are stored and said to be stored; only where the service keeps headers.
    #[serde(default)]
    pub encoding: Encoding,
    /// Compressed files beside the texts, for servers that send them instead.
    #[serde(default)]
    pub variants: Vec<Encoding>,
    /// How long a copy of a page may be used without asking, in a portal where nothing expires.
    #[serde(default)]
    pub page_seconds: u32,
    /// How long a hashed file stays that no page names any more, for readers of pages loaded before.
    #[serde(default = "a_day")]
    pub grace_hours: u32,
    /// The most addresses that one run may take off the site.
    pub max_delete: Option<usize>,
    /// Where the service keeps the files.
    pub location: Option<Location>,
    /// Why data of persons may leave the mainland.
    #[serde(default)]
    pub overseas_reason: String,
    /// Whose limits hold, and whose files are made.
    pub provider: Option<Provider>,
    pub max_files: Option<u64>,
    pub max_file_bytes: Option<u64>,
    pub max_bytes: Option<u64>,
    /// A command to run with the list of addresses to purge, and its form.
    #[serde(default)]
    pub purge: Vec<String>,
    #[serde(default)]
    pub purge_form: PurgeForm,
    /// Requests at the same time; otherwise sixteen, and four of `sftp`, where each is a login.
    pub parallel: Option<usize>,
    /// How often requests may be repeated in one run, all together.
    #[serde(default = "thousand")]
    pub retries: u32,
    /// After how long a request is given up and repeated.
    #[serde(default = "half_a_minute")]
    pub timeout_seconds: u64,
}

fn five() -> usize {
    5
}

fn thousand() -> u32 {
    1000
}

fn half_a_minute() -> u64 {
    30
}

fn a_day() -> u32 {
    24
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    Fs,
    S3,
    Oss,
    Cos,
    Obs,
    Gcs,
    Azblob,
    Webdav,
    Sftp,
}

/// Whether the key of an unknown SSH server is believed. A changed key never is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HostKey {
    /// It must stand in `known_hosts`.
    #[default]
    Known,
    /// It is added to `known_hosts` the first time.
    Learn,
}

/// How the files of a portal lie in the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// At their addresses; changed in a safe order.
    InPlace,
    /// Each release whole in a folder of its own, and a pointer to the one that is shown.
    Releases,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    #[default]
    None,
    Gzip,
    Br,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Location {
    Mainland,
    Overseas,
}

/// Hosts with limits or with files of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    CloudflarePages,
    Netlify,
    AzureStaticWebApps,
    Nginx,
}

/// In which form a content network wants to be told what changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PurgeForm {
    /// One address a line.
    #[default]
    Lines,
    Cloudflare,
    Cloudfront,
    Aliyun,
    Tencent,
    Huawei,
}

impl Service {
    /// The name that OpenDAL knows it by, which is also the one in the settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Service::Fs => "fs",
            Service::S3 => "s3",
            Service::Oss => "oss",
            Service::Cos => "cos",
            Service::Obs => "obs",
            Service::Gcs => "gcs",
            Service::Azblob => "azblob",
            Service::Webdav => "webdav",
            Service::Sftp => "sftp",
        }
    }
}

impl Target {
    /// The target of a site that names none: a folder beside `public/` that a web server on this machine shows.
    #[must_use]
    pub fn local() -> Target {
        toml::from_str("service = \"fs\"\npath = \"published\"").expect("the text is fixed")
    }

    /// A folder can be switched in one step, so it is; elsewhere the files lie at their addresses.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout.unwrap_or(if self.service == Service::Fs { Layout::Releases } else { Layout::InPlace })
    }

    /// How many requests run at the same time.
    #[must_use]
    pub fn parallel(&self) -> usize {
        self.parallel.unwrap_or(if self.service == Service::Sftp { 4 } else { 16 })
    }

    /// Where the files are kept: as declared, else as the service and its region suggest.
    #[must_use]
    pub fn location(&self) -> Location {
        self.location.unwrap_or_else(|| {
            let own_endpoint = !self.endpoint.is_empty() && !self.endpoint.contains("amazonaws.com/");
            match self.service {
                Service::Gcs => Location::Overseas,
                Service::Azblob if !self.endpoint.contains(".chinacloudapi.cn") => Location::Overseas,
                Service::S3 if !own_endpoint && !self.region.starts_with("cn-") => Location::Overseas,
                _ => Location::Mainland,
            }
        })
    }

    /// What is wrong with the settings, if anything.
    pub(crate) fn problem(&self) -> Option<Text> {
        let missing = |name: &str| {
            let service = self.service.name();
            Text::new(format!("service = \"{service}\" 需要 {name}"), format!("service = \"{service}\" needs `{name}`"))
        };
        let required: &[(&str, &String)] = match self.service {
            Service::Fs => &[("path", &self.path)],
            Service::S3 | Service::Gcs => &[("bucket", &self.bucket)],
            Service::Oss | Service::Cos | Service::Obs => &[("bucket", &self.bucket), ("endpoint", &self.endpoint)],
            Service::Azblob => &[("bucket", &self.bucket), ("endpoint", &self.endpoint)],
            Service::Webdav | Service::Sftp => &[("endpoint", &self.endpoint)],
        };
        if let Some((name, _)) = required.iter().find(|(_, value)| value.is_empty()) {
            return Some(missing(name));
        }
        if self.prefix.split('/').any(|part| part == "..") {
            return Some(Text::new("prefix 不能含 ..", "`prefix` must not hold `..`"));
        }
        if self.parallel == Some(0) {
            return Some(Text::new("parallel 至少为 1", "`parallel` is at least 1"));
        }
        if self.layout() == Layout::Releases && matches!(self.service, Service::Webdav | Service::Sftp) {
            return Some(Text::new(
                "webdav 和 sftp 没有能一步切换的指针，请用 layout = \"in-place\"",
                "`webdav` and `sftp` have no pointer that a server follows; use layout = \"in-place\"",
            ));
        }
        if self.encoding != Encoding::None && matches!(self.service, Service::Fs | Service::Webdav | Service::Sftp) {
            return Some(Text::new(
                "此类目标不保存响应头，encoding 无效；请用 variants",
                "this service keeps no headers, so `encoding` cannot work; use `variants`",
            ));
        }
        None
    }
}
