//! Every finding by name: the sentence, the remedy, the weight. One method each, so that a search for a
//! message leads here and the code stands once.

mod privacy;
mod publish;
mod sheets;

use rust_decimal::Decimal;

pub(crate) use publish::Said;

use super::{Diagnostic, Diagnostics, Place, Severity};
use crate::text::{self, Refusal, Text};

/// How many near names a message offers.
const SUGGESTIONS: usize = 3;

/// “Did you mean”, or nothing when nothing is near.
fn did_you_mean(nearest: &[&str]) -> Text {
    if nearest.is_empty() {
        return Text::default();
    }
    Text::new(format!("是不是：{}？", nearest.join("、")), format!("did you mean {}?", nearest.join(", ")))
}

/// A remedy after what may be meant.
fn then(hint: Text, zh: &str, en: &str) -> Text {
    Text::new(format!("{}{zh}", hint.zh), if hint.en.is_empty() { en.to_owned() } else { format!("{} {en}", hint.en) })
}

impl Diagnostics {
    fn error(&mut self, code: &'static str, place: Option<Place>, message: Text, help: Text) {
        self.push(Diagnostic { severity: Severity::Error, code, message, place, help, related: Vec::new() });
    }

    fn warning(&mut self, code: &'static str, place: Option<Place>, message: Text, help: Text) {
        self.push(Diagnostic { severity: Severity::Warning, code, message, place, help, related: Vec::new() });
    }

    fn note(&mut self, code: &'static str, place: Option<Place>, message: Text, help: Text) {
        self.push(Diagnostic { severity: Severity::Note, code, message, place, help, related: Vec::new() });
    }

    fn conflict(&mut self, code: &'static str, here: Place, there: Place, message: Text, help: Text) {
        let related = vec![(there, Text::new("另一处在这里", "the other one is here"))];
        self.push(Diagnostic { severity: Severity::Error, code, message, place: Some(here), help, related });
    }

    // Reading.

    pub(crate) fn not_a_site(&mut self, folder: &str) {
        self.error(
            "not-a-site",
            None,
            Text::new(
                format!("{folder} 里没有 portal.toml，也没有 content/"),
                format!("{folder} holds neither portal.toml nor content/"),
            ),
            Text::new(
                "换到站点目录，或用 gongkai init 新建",
                "change to the site's folder, or make one with `gongkai init`",
            ),
        );
    }

    pub(crate) fn unreadable(&mut self, path: &str, why: &str) {
        self.error(
            "unreadable",
            Some(Place::file(&path.into())),
            Text::new(format!("文件读不出来：{why}"), format!("cannot be read: {why}")),
            Text::new("检查权限，或把文件移走", "check its permissions, or move it away"),
        );
    }

    pub(crate) fn file_name_not_utf8(&mut self, path: &str) {
        self.error(
            "file-name-not-utf8",
            Some(Place::file(&path.into())),
            Text::new("文件名不是 UTF-8", "the file name is not UTF-8"),
            Text::new("给文件改名", "rename the file"),
        );
    }

    pub(crate) fn link_out_of_tree(&mut self, place: Place) {
        self.error(
            "link-out-of-tree",
            Some(place),
            Text::new(
                "链接指向站点目录之外、文件夹或不存在的文件",
                "the link leads out of the tree, to a folder or to nothing",
            ),
            Text::new("把文件本身放进 content/", "put the file itself into content/"),
        );
    }

    pub(crate) fn not_utf8(&mut self, place: Place, line: usize) {
        self.error(
            "not-utf8",
            Some(place),
            Text::new(format!("第 {line} 行附近不是 UTF-8"), format!("not UTF-8 near line {line}")),
            Text::new("用 UTF-8 编码重新保存", "save it again as UTF-8"),
        );
    }

    // Parsing.

    pub(crate) fn malformed(&mut self, place: Place, why: &str) {
        self.error(
            "malformed",
            Some(place),
            Text::new(format!("格式有误：{why}"), format!("not well-formed: {why}")),
            Text::new("改正此处的写法", "correct the syntax here"),
        );
    }

    pub(crate) fn unclosed_front_matter(&mut self, place: Place, fence: &str) {
        self.error(
            "unclosed-front-matter",
            Some(place),
            Text::new(
                format!("文件头以 {fence} 开始，没有以 {fence} 结束"),
                format!("front matter opens with {fence} and never closes"),
            ),
            Text::new(
                format!("在正文之前单独写一行 {fence}"),
                format!("write {fence} on a line of its own before the text"),
            ),
        );
    }

    pub(crate) fn not_a_record_list(&mut self, place: Place, found: &str) {
        self.error(
            "not-a-record-list",
            Some(place),
            Text::new(
                format!("这里应是记录列表，却是“{found}”"),
                format!("expected a list of records, found `{found}`"),
            ),
            Text::new("TOML 写 [[record]]，JSON 写对象数组", "write [[record]] in TOML, an array of objects in JSON"),
        );
    }

    pub(crate) fn nested_value(&mut self, place: Place) {
        self.error(
            "nested-value",
            Some(place),
            Text::new("这里只能写一个值或一列值", "expected one value or a list of values"),
            Text::new("把内层内容拆成单独的字段", "make fields of what is inside"),
        );
    }

    pub(crate) fn empty_table(&mut self, place: Place) {
        self.error(
            "empty-table",
            Some(place),
            Text::new("表格是空的", "the table is empty"),
            Text::new(
                "第一行写列标题；不用的文件请删除",
                "write the column titles in the first row, or delete the file",
            ),
        );
    }

    pub(crate) fn cell_without_title(&mut self, place: Place, text: &str) {
        let shown: String = text.chars().take(20).collect();
        self.error(
            "cell-without-title",
            Some(place),
            Text::new(format!("“{shown}”所在的列没有标题"), format!("`{shown}` stands in a column without a title")),
            Text::new(
                "这一行比标题行多了单元格：检查引号和逗号，或补上标题",
                "the row is longer than the head: check quotes and commas",
            ),
        );
    }

    pub(crate) fn column_without_title(&mut self, place: Place) {
        self.error(
            "column-without-title",
            Some(place),
            Text::new("这一列没有标题", "this column has no title"),
            Text::new("补上标题，或删除这一列", "give it a title, or delete it"),
        );
    }

    // Settings and definitions.

    pub(crate) fn bad_setting(&mut self, place: Place, why: &str) {
        self.error(
            "bad-setting",
            Some(place),
            Text::new(format!("设置有误：{why}"), format!("bad setting: {why}")),
            Text::new("各项设置见 portal.toml 里的说明", "see the comments in portal.toml"),
        );
    }

    pub(crate) fn bad_definition(&mut self, place: Place, why: &str) {
        self.error(
            "bad-definition",
            Some(place),
            Text::new(format!("定义有误：{why}"), format!("bad definition: {why}")),
            Text::new(
                "登记表、代码表和规则的写法见 generator/registers/README.md",
                "see generator/registers/README.md",
            ),
        );
    }

    pub(crate) fn unknown_register<'a>(&mut self, place: Place, name: &str, known: impl Iterator<Item = &'a str>) {
        let nearest = text::nearest(name, known, SUGGESTIONS);
        self.error(
            "unknown-register",
            Some(place),
            Text::new(format!("没有名为“{name}”的登记表"), format!("no register `{name}`")),
            then(did_you_mean(&nearest), "登记表的名字见数据字典", "the data dictionary lists the registers"),
        );
    }

    pub(crate) fn unknown_column<'a>(&mut self, place: Place, name: &str, known: impl Iterator<Item = &'a str>) {
        let nearest = text::nearest(name, known, SUGGESTIONS);
        self.error(
            "unknown-column",
            Some(place),
            Text::new(format!("没有名为“{name}”的栏目"), format!("no column `{name}`")),
            then(did_you_mean(&nearest), "写栏目的文件夹名或标题", "write the folder or the title of a column"),
        );
    }

    pub(crate) fn folder_name_not_ascii(&mut self, place: Place, name: &str) {
        self.error(
            "folder-name",
            Some(place),
            Text::new(
                format!("栏目文件夹“{name}”不能作网址"),
                format!("the column folder `{name}` cannot be an address"),
            ),
            Text::new(
                "文件夹用英文小写、数字和连字符，中文名写在 _index.md 的 title 里",
                "use a-z, 0-9 and -; the title goes into _index.md",
            ),
        );
    }

    // Records.

    pub(crate) fn unknown_field<'a>(&mut self, place: Place, title: &str, known: impl Iterator<Item = &'a str>) {
        let nearest = text::nearest(title, known, SUGGESTIONS);
        self.error(
            "unknown-field",
            Some(place),
            Text::new(format!("不认识的字段“{title}”"), format!("unknown field `{title}`")),
            then(
                did_you_mean(&nearest),
                "改正字段名；不公开的列请删去",
                "correct the name, or delete a column that is not for the public",
            ),
        );
    }

    pub(crate) fn field_twice(&mut self, here: Place, there: Place, title: &str) {
        self.conflict(
            "field-twice",
            here,
            there,
            Text::new(
                format!("“{title}”与另一列是同一个字段"),
                format!("`{title}` is the same field as another column"),
            ),
            Text::new("只留一列", "keep one of the two"),
        );
    }

    pub(crate) fn missing_value(&mut self, place: Place, label: &Text, name: &str) {
        self.error(
            "missing-value",
            Some(place),
            Text::new(format!("“{}”不能为空", label.zh), format!("`{name}` must not be empty")),
            Text::new(format!("填写“{}”", label.zh), format!("fill in {}", label.en)),
        );
    }

    pub(crate) fn bad_value(&mut self, place: Place, label: &Text, shown: &str, refusal: &Refusal) {
        // Many refusals quote the value themselves.
        let quoted = refusal.message.zh.contains(shown);
        let value = if quoted { String::new() } else { format!("“{shown}”") };
        self.error(
            "bad-value",
            Some(place),
            Text::new(
                format!(
                    "“{}”{}：{}",
                    label.zh,
                    if quoted { String::new() } else { format!("填的{value}") },
                    refusal.message.zh
                ),
                format!("{} {value}: {}", label.en, refusal.message.en).replace(" :", ":"),
            ),
            refusal.help.clone(),
        );
    }

    pub(crate) fn doubtful_value(&mut self, place: Place, label: &Text, refusal: &Refusal) {
        self.warning(
            "doubtful-value",
            Some(place),
            Text::new(
                format!("“{}”：{}", label.zh, refusal.message.zh),
                format!("{}: {}", label.en, refusal.message.en),
            ),
            refusal.help.clone(),
        );
    }

    pub(crate) fn noted_value(&mut self, place: Place, label: &Text, refusal: &Refusal) {
        self.note(
            "noted-value",
            Some(place),
            Text::new(format!("“{}”{}", label.zh, refusal.message.zh), format!("{} {}", label.en, refusal.message.en)),
            refusal.help.clone(),
        );
    }

    pub(crate) fn computed_differs(&mut self, place: Place, label: &Text, written: &str, computed: &str) {
        self.error(
            "computed-differs",
            Some(place),
            Text::new(
                format!("“{}”填的是“{written}”，按规则应为“{computed}”", label.zh),
                format!("{} says “{written}”, the rule gives “{computed}”", label.en),
            ),
            Text::new("核对数字；留空则自动计算", "check the figures; leave it empty to have it computed"),
        );
    }

    /// A rule that a definition calls is not kept.
    pub(crate) fn rule_broken(&mut self, severity: Severity, place: Place, rule: &str, broken: Refusal) {
        let message =
            Text::new(format!("{}（规则 {rule}）", broken.message.zh), format!("{} (rule {rule})", broken.message.en));
        match severity {
            Severity::Error => self.error("rule-broken", Some(place), message, broken.help),
            Severity::Warning => self.warning("rule-doubt", Some(place), message, broken.help),
            Severity::Note => self.note("rule-note", Some(place), message, broken.help),
        }
    }

    pub(crate) fn sum_stands_out(&mut self, place: Place, label: &Text, sum: Decimal, median: Decimal) {
        let (sum, median) = (sum.normalize(), median.normalize());
        self.warning(
            "sum-stands-out",
            Some(place),
            Text::new(
                format!("“{}”{sum} 元，是本表中位数 {median} 元的一百倍以上", label.zh),
                format!("`{}` is {sum} yuan, over a hundred times the median of this table, {median}", label.en),
            ),
            Text::new(
                "可能把“元”填进了“万元”列；数额属实的，把原值写进“已核对”列",
                "yuan may stand in a column of 万元; if it is right, repeat it in the column 已核对",
            ),
        );
    }

    pub(crate) fn duplicate_key(&mut self, here: Place, there: Place, key: &str, differing: &str) {
        self.conflict(
            "duplicate-key",
            here,
            there,
            Text::new(
                format!("两条记录的标识（{key}）相同，内容不同：{differing}"),
                format!("two records have the same key ({key}) and differ in: {differing}"),
            ),
            Text::new("重复的删去一条；确是两条的改正标识字段", "delete one of them, or correct the key"),
        );
    }

    pub(crate) fn duplicate_index_no(&mut self, here: Place, there: Place, number: &str) {
        self.conflict(
            "duplicate-index-no",
            here,
            there,
            Text::new(format!("索引号 {number} 用了两次"), format!("the index number {number} is used twice")),
            Text::new("索引号全站唯一，撤回后也不再用", "an index number is unique and never used again"),
        );
    }

    pub(crate) fn broken_reference(
        &mut self,
        place: Place,
        label: &Text,
        name: &str,
        register: &str,
        nearest: &[&str],
    ) {
        self.error(
            "broken-reference",
            Some(place),
            Text::new(
                format!("“{}”指向的“{name}”不存在", label.zh),
                format!("{} points to `{name}`, which does not exist in `{register}`", label.en),
            ),
            then(did_you_mean(nearest), "改正写法，或先加上那条记录", "correct it, or add that record first"),
        );
    }

    pub(crate) fn undated(&mut self, place: Place, title: &str, records: usize) {
        let (zh, en) = match records {
            1 => (String::new(), " is".to_owned()),
            more => (format!("等 {more} 条记录"), format!(" and {} more are", more - 1)),
        };
        self.warning(
            "undated",
            Some(place),
            Text::new(
                format!("“{title}”{zh}没有生成日期，信息公开目录缺这一项"),
                format!("`{title}`{en} not dated; the catalogue of public information wants the day on which a record was made"),
            ),
            Text::new(
                "填写“发布日期”，或登记表自己的日期列；不做目录的，在 portal.toml 写 catalogue = false",
                "fill in published_on, or the register's own date; without a catalogue, write catalogue = false",
            ),
        );
    }

    pub(crate) fn withdrawn_without_reason(&mut self, place: Place) {
        self.error(
            "withdrawn-without-reason",
            Some(place),
            Text::new("撤回的记录没有写撤回理由", "a withdrawn record needs a reason"),
            Text::new("填写“撤回理由”：依法要在三日内撤回并说明（行政处罚法第四十八条）", "fill in withdrawn_reason"),
        );
    }

    pub(crate) fn year_without_holidays(&mut self, year: i16) {
        self.warning(
            "year-without-holidays",
            Some(Place::file(&"content/_rules/working-days.toml".into())),
            Text::new(
                format!("没有 {year} 年的放假通知，工作日只按周末推算"),
                format!("the holidays of {year} are not known; working days count weekends only"),
            ),
            Text::new(
                "放假通知公布后，把当年的假日和调休写进 content/_rules/working-days.toml",
                "add the year once the notice is out",
            ),
        );
    }

    pub(crate) fn bad_alias(&mut self, place: Place, alias: &str) {
        self.error(
            "bad-alias",
            Some(place),
            Text::new(format!("旧网址“{alias}”写法不对"), format!("the alias `{alias}` is not an address")),
            Text::new("写成 old/path.html 或 old/path/，只用英文、数字和连字符", "write old/path.html or old/path/"),
        );
    }

    pub(crate) fn broken_link(&mut self, place: Place, target: &str) {
        self.warning(
            "broken-link",
            Some(place),
            Text::new(
                format!("链接“{target}”指向的文件不存在或不公开"),
                format!("the link `{target}` leads to nothing public"),
            ),
            Text::new("改正链接，或把文件放到那里", "correct the link, or put the file there"),
        );
    }

    // Planning and rendering.

    pub(crate) fn duplicate_route(&mut self, route: &str, here: Place, there: Place) {
        self.conflict(
            "duplicate-route",
            here,
            there,
            Text::new(format!("两项内容都要写到 {route}"), format!("two things want to be {route}")),
            Text::new("给其中一个改文件名、id 或 aliases", "change the file name, id or alias of one of them"),
        );
    }

    pub(crate) fn unknown_theme(&mut self, name: &str) {
        self.error(
            "unknown-theme",
            Some(Place::file(&"portal.toml".into())),
            Text::new(format!("没有名为“{name}”的主题"), format!("no theme `{name}`")),
            Text::new("themes/ 下要有同名文件夹", "themes/ must hold a folder of this name"),
        );
    }

    pub(crate) fn bad_template(&mut self, place: Place, why: &str) {
        self.error(
            "bad-template",
            Some(place),
            Text::new(format!("模板有误：{why}"), format!("bad template: {why}")),
            Text::new(
                "改正模板；可用的变量见 themes/portal/README.md",
                "correct the template; see themes/portal/README.md",
            ),
        );
    }

    pub(crate) fn render_failed(&mut self, place: Place, route: &str, others: usize, why: &str) {
        let (zh, en) = match others {
            0 => (String::new(), String::new()),
            _ => (format!(" 等 {} 个页面", others + 1), format!(" and {others} more pages")),
        };
        self.error(
            "render-failed",
            Some(place),
            Text::new(format!("生成 {route}{zh} 时出错：{why}"), format!("rendering {route}{en} failed: {why}")),
            Text::new(
                "改正模板；可用的变量见 themes/portal/README.md",
                "correct the template; see themes/portal/README.md",
            ),
        );
    }

    pub(crate) fn cannot_write(&mut self, path: &str, why: &str) {
        self.error(
            "cannot-write",
            Some(Place::file(&path.into())),
            Text::new(format!("写不进去：{why}"), format!("cannot be written: {why}")),
            Text::new(
                "检查磁盘空间和权限；原来的输出没有改动",
                "check space and permissions; the last output is untouched",
            ),
        );
    }

    pub(crate) fn cannot_serve(&mut self, why: &str) {
        self.error(
            "cannot-serve",
            None,
            Text::new(format!("不能开始预览：{why}"), format!("the preview cannot start: {why}")),
            Text::new(
                "端口可能已被别的程序占用：去掉 --port 会自动换一个；--host 要写本机有的地址",
                "another program may use the port: without --port a free one is taken; --host must be an address of this machine",
            ),
        );
    }

    pub(crate) fn no_search_index(&mut self, path: &str) {
        self.error(
            "no-search-index",
            None,
            Text::new(
                format!("{path} 里没有检索索引，或索引是旧版本的"),
                format!("{path} holds no search index, or one of an older version"),
            ),
            Text::new("先运行 gongkai build", "run `gongkai build` first"),
        );
    }

    pub(crate) fn foreign_output(&mut self, path: &str, example: &str) {
        self.error(
            "foreign-output",
            Some(Place::file(&path.into())),
            Text::new(
                format!("输出目录里有不是本程序生成的文件（如 {example}）"),
                format!("the output folder holds files that were not made here, such as {example}"),
            ),
            Text::new("换一个空目录，或清空它", "choose an empty folder, or empty this one"),
        );
    }

    pub(crate) fn changed_while_reading(&mut self, path: &str) {
        self.error(
            "changed-while-reading",
            Some(Place::file(&path.into())),
            Text::new("文件在生成过程中被改动", "the file changed during the build"),
            Text::new("等文件保存完毕后再生成一次", "build again when it is saved"),
        );
    }

    pub(crate) fn output_is_busy(&mut self, path: &str) {
        self.error(
            "output-busy",
            Some(Place::file(&path.into())),
            Text::new("另一个 gongkai 正在写这个输出目录", "another build is writing this folder"),
            Text::new("等它结束，或用 --out 换一个目录", "wait for it, or choose another folder with --out"),
        );
    }
}
