//! A target's settings as OpenDAL names them. Pure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::secrets::Secrets;
use crate::config::{HostKey, Service, Target};
use crate::publish::state::FOLDER;

/// Where a target lies on this machine.
pub(super) fn folder(root: &Path, target: &Target) -> PathBuf {
    root.join(&target.path).join(target.prefix.trim_matches('/'))
}

/// The target's settings as OpenDAL names them.
pub(super) fn options(root: &Path, target: &Target, secrets: &Secrets) -> Vec<(String, String)> {
    let mut options: BTreeMap<String, String> = secrets.values().clone();
    let mut set = |key: &str, value: &str| {
        if !value.is_empty() {
            options.insert(key.to_owned(), value.to_owned());
        }
    };
    let prefix = target.prefix.trim_matches('/');
    match target.service {
        Service::Fs => {
            let folder = folder(root, target).display().to_string();
            set("root", &folder);
            set("atomic_write_dir", &format!("{folder}/{FOLDER}drafts"));
        }
        _ => set("root", &format!("/{prefix}/").replace("//", "/")),
    }
    match target.service {
        Service::Azblob => {
            set("container", &target.bucket);
            set("account_name", &target.account);
        }
        Service::Sftp => {
            let (user, endpoint) = target.endpoint.split_once('@').unwrap_or(("", &target.endpoint));
            set("user", user);
            set("endpoint", &format!("ssh://{}", endpoint.trim_start_matches("ssh://")));
            set("key", &target.key_file);
            set("known_hosts_strategy", if target.host_key == HostKey::Learn { "add" } else { "strict" });
        }
        Service::S3 => {
            set("bucket", &target.bucket);
            // Services other than Amazon's take any region, but want one.
            let own = target.region.is_empty() && !target.endpoint.is_empty();
            set("region", if own { "us-east-1" } else { &target.region });
            // Only what the environment or the service's own files say, never what a machine's network offers.
            set("disable_ec2_metadata", "true");
        }
        Service::Gcs => {
            set("bucket", &target.bucket);
            set("disable_vm_metadata", "true");
        }
        _ => set("bucket", &target.bucket),
    }
    if target.service != Service::Sftp {
        set("endpoint", &target.endpoint);
    }
    options.into_iter().collect()
}
