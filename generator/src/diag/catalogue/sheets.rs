//! Findings about tables: encodings, workbooks, heads, rows that are left out, imports.

use super::{SUGGESTIONS, did_you_mean, then};
use crate::diag::{Diagnostic, Diagnostics, Place, Severity};
use crate::text::{self, Text};

impl Diagnostics {
    // Text files.

    pub(crate) fn not_text(&mut self, place: Place, line: usize) {
        self.error(
            "not-text",
            Some(place),
            Text::new(
                format!("第 {line} 行附近不是 UTF-8，也不是 GBK（GB18030）或 Big5"),
                format!("near line {line} it is neither UTF-8 nor GBK (GB18030) nor Big5"),
            ),
            Text::new(
                "用 UTF-8 重新导出，或在同名 .map.toml 里写 encoding",
                "export it again as UTF-8, or write `encoding` in its .map.toml",
            ),
        );
    }

    pub(crate) fn unknown_encoding(&mut self, place: Place, name: &str) {
        self.error(
            "unknown-encoding",
            Some(place),
            Text::new(format!("没有名为“{name}”的编码"), format!("no encoding is named `{name}`")),
            Text::new("写 utf-8、gb18030、big5 或 utf-16le", "write utf-8, gb18030, big5 or utf-16le"),
        );
    }

    pub(crate) fn encoding_found(&mut self, place: Place, name: &str) {
        self.note(
            "encoding-found",
            Some(place),
            Text::new(format!("按 {name} 编码读取"), format!("read as {name}")),
            Text::new(
                "如果出现乱码，在同名 .map.toml 里写 encoding",
                "if characters are wrong, write `encoding` in its .map.toml",
            ),
        );
    }

    pub(crate) fn bad_mapping(&mut self, place: Place, why: &str) {
        self.error(
            "bad-mapping",
            Some(place),
            Text::new(format!("映射文件有误：{why}"), format!("bad mapping: {why}")),
            Text::new(
                "可写的键：sheet、encoding、header_row、columns、constants、unit、date_format、split、fill_down、acknowledged",
                "keys: sheet, encoding, header_row, columns, constants, unit, date_format, split, fill_down, acknowledged",
            ),
        );
    }

    pub(crate) fn mapping_without_table(&mut self, place: Place) {
        self.warning(
            "mapping-without-table",
            Some(place),
            Text::new("这个映射文件旁边没有它的表格", "there is no table beside this mapping"),
            Text::new("文件名应是“表格全名.map.toml”", "its name is the table's whole name with .map.toml"),
        );
    }

    pub(crate) fn unknown_mapped_field<'a>(
        &mut self,
        place: Place,
        key: &str,
        name: &str,
        known: impl Iterator<Item = &'a str>,
    ) {
        let nearest = text::nearest(name, known, SUGGESTIONS);
        self.error(
            "unknown-mapped-field",
            Some(place),
            Text::new(
                format!("映射的 {key} 里有不认识的字段“{name}”"),
                format!("`{key}` of the mapping names an unknown field `{name}`"),
            ),
            then(did_you_mean(&nearest), "写字段名或它的列标题", "write the name or a title of a field"),
        );
    }

    pub(crate) fn unknown_mapped_column<'a>(
        &mut self,
        place: Place,
        title: &str,
        known: impl Iterator<Item = &'a str>,
    ) {
        let nearest = text::nearest(title, known, SUGGESTIONS);
        self.warning(
            "unknown-mapped-column",
            Some(place),
            Text::new(
                format!("映射提到的列“{title}”不在表格里"),
                format!("the mapping names a column `{title}` that the table does not have"),
            ),
            then(did_you_mean(&nearest), "照表格里的标题写", "write the title as the table has it"),
        );
    }

    // Workbooks.

    pub(crate) fn not_a_workbook(&mut self, place: Place, found: Text) {
        self.error(
            "not-a-workbook",
            Some(place),
            Text::new(format!("不是可读的电子表格：{}", found.zh), format!("not a readable spreadsheet: {}", found.en)),
            Text::new(
                "请在 WPS 或 Excel 中打开，另存为 .xlsx 或 .csv；有密码的先取消密码",
                "open it in WPS or Excel and save it as .xlsx or .csv, without a password",
            ),
        );
    }

    pub(crate) fn wrong_ending(&mut self, place: Place, kind: &str, ending: &str) {
        self.error(
            "wrong-ending",
            Some(place),
            Text::new(
                format!("内容是 .{kind}，扩展名却是 .{ending}"),
                format!("the content is .{kind} and the name ends with .{ending}"),
            ),
            Text::new(
                format!("请在 WPS 或 Excel 中另存为 .xlsx；确是 .{kind} 的改正扩展名"),
                format!("save it as .xlsx in WPS or Excel, or rename it to .{kind}"),
            ),
        );
    }

    pub(crate) fn workbook_has_password(&mut self, place: Place) {
        self.error(
            "workbook-password",
            Some(place),
            Text::new("工作簿有密码，读不出来", "the workbook is protected with a password"),
            Text::new("请在 WPS 或 Excel 中取消密码后另存", "take the password off in WPS or Excel and save it again"),
        );
    }

    pub(crate) fn workbook_too_large(&mut self, place: Place, limit: &str) {
        self.error(
            "workbook-too-large",
            Some(place),
            Text::new(format!("工作簿太大或声称的大小不可信，最多 {limit}"), format!("too large: at most {limit}")),
            Text::new(
                "删去多余的空白行列和工作表，或按年份拆成几个文件",
                "delete unused rows, columns and sheets, or split it by year",
            ),
        );
    }

    pub(crate) fn damaged_workbook(&mut self, place: Place, why: &str) {
        self.error(
            "damaged-workbook",
            Some(place),
            Text::new(format!("工作簿残缺或损坏：{why}"), format!("the workbook is truncated or damaged: {why}")),
            Text::new(
                "请在 WPS 或 Excel 中打开（必要时修复），另存为 .xlsx",
                "open it in WPS or Excel, repair it if asked, and save it as .xlsx",
            ),
        );
    }

    pub(crate) fn unknown_sheet<'a>(&mut self, place: Place, name: &str, known: impl Iterator<Item = &'a str>) {
        let names: Vec<&str> = known.collect();
        self.error(
            "unknown-sheet",
            Some(place),
            Text::new(format!("没有名为“{name}”的工作表"), format!("no sheet is named `{name}`")),
            Text::new(format!("可选的工作表：{}", names.join("、")), format!("the sheets are: {}", names.join(", "))),
        );
    }

    pub(crate) fn several_sheets(&mut self, place: Place, names: &[&str]) {
        self.error(
            "several-sheets",
            Some(place),
            Text::new(
                format!("工作簿有 {} 张有内容的工作表：{}", names.len(), names.join("、")),
                format!("the workbook has {} sheets with content: {}", names.len(), names.join(", ")),
            ),
            Text::new(
                "在同名 .map.toml 里写 sheet = \"…\"，导入时用 --sheet，或每张表另存一个文件",
                "write `sheet = \"…\"` in its .map.toml, import with --sheet, or save each sheet as a file",
            ),
        );
    }

    pub(crate) fn hidden_left_out(&mut self, place: Place, what: Text) {
        self.warning(
            "hidden-left-out",
            Some(place),
            Text::new(format!("隐藏的{}没有读入", what.zh), format!("hidden {} were not read", what.en)),
            Text::new(
                "要公开的请取消隐藏；不公开的请删除，隐藏不等于保密",
                "show what is for the public and delete what is not: hiding keeps nothing secret",
            ),
        );
    }

    pub(crate) fn layout_unknown(&mut self, place: Place) {
        self.warning(
            "layout-unknown",
            Some(place),
            Text::new(
                "这个文件看不出哪些行列是隐藏的、哪些单元格合并过",
                "it cannot be told which rows and columns are hidden and which cells merged",
            ),
            Text::new("请在 WPS 或 Excel 中另存为 .xlsx", "save it as .xlsx in WPS or Excel"),
        );
    }

    pub(crate) fn formula_without_result(&mut self, place: Place, title: &str) {
        self.error(
            "formula-without-result",
            Some(place),
            Text::new(
                format!("“{title}”列的公式没有保存结果"),
                format!("the formula in `{title}` was saved without its result"),
            ),
            Text::new(
                "在 Excel 或 WPS 中打开并保存一次，或改填数值",
                "open and save it once in Excel or WPS, or write the value",
            ),
        );
    }

    pub(crate) fn cell_error(&mut self, place: Place, title: &str, shown: &str) {
        self.error(
            "cell-error",
            Some(place),
            Text::new(format!("“{title}”列的公式出错：{shown}"), format!("the formula in `{title}` gives {shown}")),
            Text::new("改正公式，或改填数值", "correct the formula, or write the value"),
        );
    }

    pub(crate) fn too_many_columns(&mut self, place: Place, columns: usize) {
        self.error(
            "too-many-columns",
            Some(place),
            Text::new(format!("这一行有 {columns} 列"), format!("this row has {columns} columns")),
            Text::new("检查分隔符和引号", "check the separators and quotes"),
        );
    }

    pub(crate) fn too_large(&mut self, place: Place, cells: usize) {
        self.error(
            "table-too-large",
            Some(place),
            Text::new(format!("表格超过 {cells} 个单元格"), format!("the table has more than {cells} cells")),
            Text::new("按年份拆成几个文件", "split it by year"),
        );
    }

    // Heads and rows.

    pub(crate) fn unknown_title<'a>(&mut self, place: Place, title: &str, known: impl Iterator<Item = &'a str>) {
        let nearest = text::nearest(title, known, SUGGESTIONS);
        self.warning(
            "unknown-title",
            Some(place),
            Text::new(
                format!("不认识的列“{title}”，整列没有读入"),
                format!("unknown column `{title}`: it was not read"),
            ),
            then(
                did_you_mean(&nearest),
                "改正标题，或在同名 .map.toml 的 columns 里写明；不公开的列请删去",
                "correct the title or map it under `columns` in its .map.toml; delete a column that is not for the public",
            ),
        );
    }

    pub(crate) fn title_ambiguous(&mut self, place: Place, title: &str, sub: &str) {
        self.error(
            "title-ambiguous",
            Some(place),
            Text::new(
                format!("两级表头“{title}”下的“{sub}”说不清是哪个字段"),
                format!("`{sub}` below `{title}` may mean more than one field"),
            ),
            Text::new(
                "取消表头合并，每列写全标题；或在同名 .map.toml 的 columns 里写明",
                "write a full title for each column, or map it under `columns` in its .map.toml",
            ),
        );
    }

    pub(crate) fn merged_not_filled(&mut self, place: Place, title: &str) {
        self.warning(
            "merged-not-filled",
            Some(place),
            Text::new(
                format!("“{title}”列的合并单元格只算第一行的值"),
                format!("merged cells of `{title}` count for their first row only"),
            ),
            Text::new(
                "各行都是这个值的，在同名 .map.toml 里写 fill_down，或取消合并后逐行填写",
                "if it holds for every row, name the column under `fill_down` in its .map.toml, or fill each row",
            ),
        );
    }

    pub(crate) fn filled_down(&mut self, place: Place, cells: usize) {
        self.note(
            "filled-down",
            Some(place),
            Text::new(format!("{cells} 个空单元格按上一行填写"), format!("{cells} empty cells took the value above")),
            Text::new("不该填写的，从 fill_down 中去掉那一列", "take a column out of `fill_down` if that is wrong"),
        );
    }

    pub(crate) fn name_with_two_codes(&mut self, here: Place, there: Place, name: &str, code: &str, other: &str) {
        let related = vec![(there, Text::new("另一处在这里", "the other one is here"))];
        self.push(Diagnostic {
            severity: Severity::Warning,
            code: "name-with-two-codes",
            message: Text::new(
                format!("“{name}”有两个统一社会信用代码：{code} 和 {other}"),
                format!("`{name}` has two credit codes: {code} and {other}"),
            ),
            place: Some(here),
            help: Text::new(
                "核对代码；确是两家同名单位的可以保留",
                "check the codes; two companies of one name may stay",
            ),
            related,
        });
    }

    // Imports.

    pub(crate) fn in_another_table(&mut self, here: Place, there: Place, differing: &str) {
        self.conflict(
            "in-another-table",
            here,
            there,
            Text::new(
                format!("这条记录已在登记表的另一个文件里，内容不同：{differing}"),
                format!("another table of the register has this record and differs in: {differing}"),
            ),
            Text::new(
                "在那个文件里更正，或用 --name 指定那个文件后重新导入",
                "correct it there, or import again with --name of that table",
            ),
        );
    }

    pub(crate) fn not_a_table_of_ours(&mut self, place: Place) {
        self.error(
            "not-a-table-of-ours",
            Some(place),
            Text::new(
                "这个文件里有不认识的列或表头以外的说明行，改写会丢失它们",
                "this table has unknown columns or lines around its head, which rewriting would lose",
            ),
            Text::new(
                "先整理成只有标题行和记录的表格，或用 --name 换一个名字",
                "tidy it to a head and records, or choose another --name",
            ),
        );
    }
}
