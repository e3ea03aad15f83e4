//! Findings of the privacy gate. None repeats what it found: a preview shows the ends and covers the rest.

use crate::diag::{Diagnostics, Place};
use crate::text::Text;

/// The article behind every finding, and what an editor can do.
fn remedy(kind: &str, fingerprint: &str) -> Text {
    Text::new(
        format!(
            "删去或遮盖它；公务电话、邮箱登记到 content/_privacy.toml 的 [[public]]；经审查确需公开的，在其中写 [[allow]]：\
             kind = \"{kind}\"，fingerprint = \"{fingerprint}\""
        ),
        format!(
            "delete or mask it; declare an office's number under [[public]] in content/_privacy.toml; what a reviewer lets \
             pass goes there as [[allow]] with kind = \"{kind}\", fingerprint = \"{fingerprint}\""
        ),
    )
}

impl Diagnostics {
    fn weighed(&mut self, grave: bool, code: &'static str, place: Place, message: Text, help: Text) {
        if grave {
            self.error(code, Some(place), message, help);
        } else {
            self.warning(code, Some(place), message, help);
        }
    }

    /// Found where it was written.
    pub(crate) fn private_source(
        &mut self,
        grave: bool,
        place: Place,
        what: &Text,
        preview: &str,
        kind: &str,
        fingerprint: &str,
    ) {
        let message = Text::new(
            format!("这里有{}：{preview}（R-40、R-41，不得公开）", what.zh),
            format!("this holds {}: {preview} (R-40, R-41: not to be published)", what.en),
        );
        self.weighed(grave, "private-data", place, message, remedy(kind, fingerprint));
    }

    /// Found in what would be published.
    #[expect(clippy::too_many_arguments, reason = "a finding says what, where, how often and what to do")]
    pub(crate) fn private_output(
        &mut self,
        grave: bool,
        place: Place,
        what: &Text,
        kind: &str,
        preview: &str,
        route: &str,
        at: &str,
        others: usize,
        fingerprint: &str,
    ) {
        let (zh, en) = match others {
            0 => (String::new(), String::new()),
            _ => (format!(" 等 {} 个文件", others + 1), format!(" and {others} more files")),
        };
        let at = if at.is_empty() { String::new() } else { format!(" · {at}") };
        let message = Text::new(
            format!("将要发布的 {route}{at}{zh} 里有{}：{preview}（R-43）", what.zh),
            format!("{route}{at}{en}, about to be published, holds {}: {preview} (R-43)", what.en),
        );
        self.weighed(grave, "private-output", place, message, remedy(kind, fingerprint));
    }

    pub(crate) fn file_cannot_be_searched(&mut self, place: Place, why: &str, fingerprint: &str) {
        self.error(
            "file-not-searched",
            Some(place),
            Text::new(
                format!("打不开这个附件，无法检查其中有没有个人信息：{why}（R-43）"),
                format!("this attachment cannot be searched for private data: {why} (R-43)"),
            ),
            Text::new(
                format!(
                    "去掉密码或重新导出；经人工检查的，在 content/_privacy.toml 写 [[allow]]：kind = \"unreadable\"，fingerprint = \"{fingerprint}\""
                ),
                format!(
                    "remove its password or export it again; after a look by hand write [[allow]] in content/_privacy.toml with kind = \"unreadable\", fingerprint = \"{fingerprint}\""
                ),
            ),
        );
    }

    pub(crate) fn author_named(&mut self, place: Place, name: &str) {
        self.warning(
            "author-named",
            Some(place),
            Text::new(
                format!("附件的属性里写着作者：{name}（R-43）"),
                format!("the properties of this attachment name its author: {name} (R-43)"),
            ),
            Text::new(
                "在 Word 或 WPS 里“检查文档”、删去属性和个人信息后重新保存",
                "remove properties and personal information in the office program and save it again",
            ),
        );
    }

    pub(crate) fn stale_allow(&mut self, file: &str, kind: &str, reviewer: &str) {
        self.warning(
            "stale-allow",
            Some(Place::file(&"content/_privacy.toml".into())),
            Text::new(
                format!("{reviewer} 放行 {file} 里的 {kind} 已不适用：文字变了或没有了"),
                format!("what {reviewer} let pass in {file} ({kind}) is no longer there: the text has changed"),
            ),
            Text::new("重新审查，改写或删去这一条 [[allow]]", "review it again, and rewrite or delete this [[allow]]"),
        );
    }

    pub(crate) fn allow_without_reason(&mut self, place: Place) {
        self.error(
            "allow-without-reason",
            Some(place),
            Text::new("放行要写明理由、审查人和日期", "what is let pass needs a reason, a reviewer and a day"),
            Text::new("填写 reason、reviewer 和 on（YYYY-MM-DD）", "fill in reason, reviewer and on (YYYY-MM-DD)"),
        );
    }

    pub(crate) fn unreviewed(&mut self, place: Place, records: usize) {
        self.warning(
            "unreviewed",
            Some(place),
            Text::new(
                format!("{records} 条记录没有发布审查（R-03）"),
                format!("{records} records without a review (R-03)"),
            ),
            Text::new(
                "逐条填写审查人、审查日期，或在栏目的 _index.md 里写 review = { by = \"…\", on = 日期, basis = \"…\" }",
                "fill in review_by and review_on, or write review = { by, on, basis } in the column's _index.md",
            ),
        );
    }
}
