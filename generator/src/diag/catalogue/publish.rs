//! Findings of publishing. None repeats a password or key: what a service said is scrubbed before it comes here.

use crate::diag::{Diagnostics, Place};
use crate::text::Text;

use super::{did_you_mean, then};

/// What a service said about one request, and what that means.
pub(crate) struct Said<'a> {
    /// What it means, in words for people.
    pub(crate) meaning: Text,
    pub(crate) help: Text,
    /// Its own words, scrubbed.
    pub(crate) words: &'a str,
}

impl Diagnostics {
    pub(crate) fn bad_target(&mut self, place: Place, target: &str, why: &Text) {
        self.error(
            "bad-target",
            Some(place),
            Text::new(format!("[target.{target}] 有误：{}", why.zh), format!("[target.{target}] is wrong: {}", why.en)),
            Text::new("各项设置见 docs/publishing.zh-CN.md", "all settings are explained in docs/publishing.md"),
        );
    }

    pub(crate) fn unknown_target(&mut self, name: &str, nearest: &[&str], all: &[&str]) {
        let all = all.join(", ");
        self.error(
            "unknown-target",
            Some(Place::file(&"portal.toml".into())),
            Text::new(format!("没有名为 {name} 的发布目标"), format!("there is no target `{name}`")),
            then(did_you_mean(nearest), &format!("现有：{all}"), &format!("there are: {all}")),
        );
    }

    pub(crate) fn which_target(&mut self, all: &[&str]) {
        let all = all.join(", ");
        self.error(
            "which-target",
            Some(Place::file(&"portal.toml".into())),
            Text::new("有多个发布目标，没有说明用哪一个", "there are several targets, and none is named"),
            Text::new(format!("写上其中一个：{all}"), format!("name one of them: {all}")),
        );
    }

    pub(crate) fn nothing_built(&mut self, out: &str) {
        self.error(
            "nothing-built",
            None,
            Text::new(format!("{out} 里没有构建好的站点"), format!("{out} holds no built portal")),
            Text::new("先运行 gongkai build", "run `gongkai build` first"),
        );
    }

    pub(crate) fn edited_output(&mut self, out: &str, examples: &str, count: usize) {
        self.error(
            "edited-output",
            None,
            Text::new(
                format!("{out} 与构建结果不一致，共 {count} 处：{examples}"),
                format!("{out} is not what the build made, in {count} places: {examples}"),
            ),
            Text::new(
                "（≠ 被改动，− 缺失，+ 多出）把多出的文件移走，重新构建后再发布",
                "(≠ edited, − missing, + added) move added files away, build again, then publish",
            ),
        );
    }

    pub(crate) fn changed_while_publishing(&mut self, path: &str) {
        self.error(
            "changed-while-publishing",
            None,
            Text::new(format!("{path} 在发布过程中被改动"), format!("{path} changed while it was published")),
            Text::new("等构建完成后再发布一次", "publish again when the build is done"),
        );
    }

    pub(crate) fn built_too_early(&mut self, built: &str, today: &str, example: &str, count: usize) {
        self.error(
            "built-too-early",
            None,
            Text::new(
                format!("站点是按 {built} 构建的，到 {today} 已有 {count} 个地址期满，如 {example}"),
                format!(
                    "the portal was built for {built}; by {today} {count} addresses have expired, such as {example}"
                ),
            ),
            Text::new("重新构建后再发布", "build again, then publish"),
        );
    }

    pub(crate) fn beyond_limits(&mut self, target: &str, why: &Text) {
        self.error(
            "beyond-limits",
            None,
            Text::new(
                format!("超出目标 {target} 的限制：{}", why.zh),
                format!("beyond the limits of target `{target}`: {}", why.en),
            ),
            Text::new(
                "减少文件，或在 portal.toml 中写明套餐的上限（max_files、max_file_bytes、max_bytes）",
                "publish less, or set the limits of your plan in portal.toml (max_files, max_file_bytes, max_bytes)",
            ),
        );
    }

    pub(crate) fn persons_overseas(&mut self, target: &str, registers: &[&str]) {
        let registers = registers.join(", ");
        self.error(
            "persons-overseas",
            None,
            Text::new(
                format!("目标 {target} 在境外，而站点含有个人信息（{registers}）；《个人信息保护法》第三十六条要求在境内存储"),
                format!(
                    "target `{target}` is outside the mainland and the portal holds data of persons ({registers}); PIPL, \
                     article 36, wants it kept in the mainland"
                ),
            ),
            Text::new(
                "换用境内目标；确有依据的，在该目标中写 overseas_reason = \"…\"；判断有误的，写 location = \"mainland\"",
                "use a target in the mainland; where there is a legal ground, say it as overseas_reason = \"…\"; where the \
                 place is taken wrongly, set location = \"mainland\"",
            ),
        );
    }

    pub(crate) fn foreign_target(&mut self, target: &str, example: &str) {
        self.error(
            "foreign-target",
            None,
            Text::new(
                format!("目标 {target} 里有不是 gongkai 发布的文件，如 {example}"),
                format!("target `{target}` holds files that gongkai did not publish, such as {example}"),
            ),
            Text::new(
                "设置 prefix 或 path 指向空位置；确要与其共存，加 --adopt：同名的会被覆盖，其余不动",
                "let `prefix` or `path` name an empty place; to live beside them, add --adopt: those of the same name are \
                 overwritten, all others stay",
            ),
        );
    }

    pub(crate) fn damaged_target(&mut self, target: &str, path: &str) {
        self.error(
            "damaged-target",
            None,
            Text::new(
                format!("目标 {target} 里的 {path} 缺失或损坏，无法判断读者看到什么"),
                format!("{path} in target `{target}` is missing or damaged, so what readers see is unknown"),
            ),
            Text::new(
                "从备份恢复该文件；无法恢复时，发布到新的 prefix",
                "restore the file from a backup; where there is none, publish to a new `prefix`",
            ),
        );
    }

    pub(crate) fn nothing_published(&mut self, target: &str, folder: &str) {
        self.error(
            "nothing-published",
            None,
            Text::new(
                format!("目标 {target} 还没有发布过（{folder} 为空）"),
                format!("nothing was published to target `{target}` yet ({folder} is empty)"),
            ),
            Text::new("先运行 gongkai publish", "run `gongkai publish` first"),
        );
    }

    pub(crate) fn too_many_deletions(&mut self, target: &str, count: usize, most: usize, example: &str) {
        self.error(
            "too-many-deletions",
            None,
            Text::new(
                format!("目标 {target} 上有 {count} 个地址将会消失，如 {example}；一次最多 {most} 个。什么也没有做"),
                format!(
                    "{count} addresses would vanish from target `{target}`, such as {example}; at most {most} may in one \
                     run. Nothing was done"
                ),
            ),
            Text::new(
                format!("先用 --dry-run 核对；确认无误后加 --max-delete {count}"),
                format!("look at them with --dry-run; when it is right, add --max-delete {count}"),
            ),
        );
    }

    pub(crate) fn target_is_busy(&mut self, target: &str, owner: &str) {
        self.error(
            "target-busy",
            None,
            Text::new(
                format!("目标 {target} 正由 {owner} 发布，本次没有发布"),
                format!("target `{target}` is being published to by {owner}; this run did not publish"),
            ),
            Text::new(
                "等其完成后再运行一次；确知已中断的，加 --break-lock",
                "run again when they are done; if you know that they are not, add --break-lock",
            ),
        );
    }

    pub(crate) fn target_trouble(&mut self, code: &'static str, target: &str, path: Option<&str>, said: Said<'_>) {
        let at = path.map_or(String::new(), |path| format!("，{path}"));
        let at_en = path.map_or(String::new(), |path| format!(", {path}"));
        let Said { meaning, help, words } = said;
        self.error(
            code,
            None,
            Text::new(
                format!("目标 {target}{at}：{}（{words}）", meaning.zh),
                format!("target `{target}`{at_en}: {} ({words})", meaning.en),
            ),
            help,
        );
    }

    pub(crate) fn not_deleted(&mut self, target: &str, path: &str, words: &str) {
        self.error(
            "not-deleted",
            None,
            Text::new(
                format!("目标 {target} 上的 {path} 应已撤下，却删不掉：{words}"),
                format!("{path} has to leave target `{target}` and cannot be deleted: {words}"),
            ),
            Text::new(
                "新版本已上线，但此地址可能仍可访问：给密钥删除权限后立即再运行一次，或手工删除",
                "the new release is shown, and this address may still answer: let the keys delete and run again at once, or \
                 delete it by hand",
            ),
        );
    }

    pub(crate) fn weak_lock(&mut self, target: &str) {
        self.warning(
            "weak-lock",
            None,
            Text::new(
                format!("目标 {target} 的服务不支持条件写入，两人同时发布时只能靠锁文件区分"),
                format!("the service of target `{target}` does not honour conditional writes; only a lock file keeps two publishers apart"),
            ),
            Text::new("只从一处发布（如一个流水线）", "publish from one place only, such as one pipeline"),
        );
    }

    pub(crate) fn nothing_to_roll_back(&mut self, target: &str, releases: &[&str]) {
        let have = if releases.is_empty() { "–".to_owned() } else { releases.join(", ") };
        self.error(
            "nothing-to-roll-back",
            None,
            Text::new(
                format!("目标 {target} 没有可退回的版本；保留的版本：{have}"),
                format!("target `{target}` has no release to return to; it keeps: {have}"),
            ),
            Text::new(
                "只有 layout = \"releases\" 的目标保留旧版本；否则把内容改回后重新构建、发布",
                "only targets with layout = \"releases\" keep earlier ones; otherwise put the content back, build and publish",
            ),
        );
    }

    pub(crate) fn unlawful_rollback(&mut self, target: &str, release: &str, example: &str, count: usize) {
        self.error(
            "unlawful-rollback",
            None,
            Text::new(
                format!("版本 {release} 含有其后期满或撤回的内容，共 {count} 处，如 {example}；目标 {target} 没有改动"),
                format!(
                    "release {release} holds what has since expired or been withdrawn, in {count} places, such as \
                     {example}; target `{target}` was left as it is"
                ),
            ),
            Text::new("把内容改回后重新构建、发布", "put the content back, build and publish"),
        );
    }

    pub(crate) fn not_as_published(&mut self, target: &str, path: &str, finding: &Text) {
        self.error(
            "not-as-published",
            None,
            Text::new(
                format!("目标 {target} 的 {path}：{}", finding.zh),
                format!("{path} in target `{target}`: {}", finding.en),
            ),
            Text::new(
                "有人绕过 gongkai 改动了目标；重新发布前先查明原因",
                "somebody changed the target without gongkai; find out why before you publish again",
            ),
        );
    }

    pub(crate) fn not_as_built(&mut self, url: &str, finding: &Text) {
        self.error(
            "not-as-built",
            None,
            Text::new(format!("{url}：{}", finding.zh), format!("{url}: {}", finding.en)),
            Text::new(
                "发布当前构建；仍不符的，清除内容分发网络的缓存",
                "publish this build; if it still differs, purge the content network",
            ),
        );
    }

    pub(crate) fn publishing_failed(&mut self, target: &str, why: &str) {
        self.error(
            "publishing-failed",
            None,
            Text::new(
                format!("无法开始向 {target} 发布：{why}"),
                format!("publishing to {target} cannot begin: {why}"),
            ),
            Text::new("排除原因后再运行一次", "remove the cause and run again"),
        );
    }
}
