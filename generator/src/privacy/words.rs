//! The words that tell what stands beside them, and what to look for there.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What to do where a word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// A telephone number without its area code.
    Telephone,
    Passport,
    Permit,
    Account,
    /// An address follows, if a person lives there.
    Dwelling,
    /// The same after a verb that also stands in other words.
    Lives,
    /// A name follows: a victim, a witness.
    Role,
    Health,
    /// `岁`: an age stands before.
    Age,
    Minor,
    /// A plate begins with this province.
    Province,
}

pub(super) const WORDS: [(&str, Look); 93] = [
    ("电话", Look::Telephone),
    ("手机", Look::Telephone),
    ("联系方式", Look::Telephone),
    ("护照", Look::Passport),
    ("通行证", Look::Permit),
    ("回乡证", Look::Permit),
    ("台胞证", Look::Permit),
    ("账号", Look::Account),
    ("帐号", Look::Account),
    ("卡号", Look::Account),
    ("银行账户", Look::Account),
    ("住址", Look::Dwelling),
    ("家庭地址", Look::Dwelling),
    ("户籍地址", Look::Dwelling),
    ("户籍所在地", Look::Dwelling),
    ("户籍地", Look::Dwelling),
    ("户口所在地", Look::Dwelling),
    ("现住", Look::Dwelling),
    ("家住", Look::Dwelling),
    ("居住在", Look::Dwelling),
    ("居住于", Look::Dwelling),
    ("居住地", Look::Dwelling),
    ("住", Look::Lives),
    ("死者", Look::Role),
    ("遇难者", Look::Role),
    ("遇难人员", Look::Role),
    ("伤者", Look::Role),
    ("伤员", Look::Role),
    ("死亡人员", Look::Role),
    ("受伤人员", Look::Role),
    ("受害人", Look::Role),
    ("被害人", Look::Role),
    ("受害者", Look::Role),
    ("证人", Look::Role),
    ("目击者", Look::Role),
    ("举报人", Look::Role),
    ("投诉人", Look::Role),
    ("信访人", Look::Role),
    ("患者", Look::Role),
    ("病人", Look::Role),
    ("其妻", Look::Role),
    ("其子", Look::Role),
    ("其女", Look::Role),
    ("妻子", Look::Role),
    ("丈夫", Look::Role),
    ("患有", Look::Health),
    ("患尘肺", Look::Health),
    ("确诊", Look::Health),
    ("诊断为", Look::Health),
    ("精神病", Look::Health),
    ("精神分裂", Look::Health),
    ("艾滋病", Look::Health),
    ("抑郁症", Look::Health),
    ("癌症", Look::Health),
    ("尘肺病", Look::Health),
    ("怀孕", Look::Health),
    ("伤残", Look::Health),
    ("残疾", Look::Health),
    ("吸毒", Look::Health),
    ("岁", Look::Age),
    ("未成年", Look::Minor),
    ("京", Look::Province),
    ("津", Look::Province),
    ("沪", Look::Province),
    ("渝", Look::Province),
    ("冀", Look::Province),
    ("豫", Look::Province),
    ("云", Look::Province),
    ("辽", Look::Province),
    ("黑", Look::Province),
    ("湘", Look::Province),
    ("皖", Look::Province),
    ("鲁", Look::Province),
    ("新", Look::Province),
    ("苏", Look::Province),
    ("浙", Look::Province),
    ("赣", Look::Province),
    ("鄂", Look::Province),
    ("桂", Look::Province),
    ("甘", Look::Province),
    ("晋", Look::Province),
    ("蒙", Look::Province),
    ("陕", Look::Province),
    ("吉", Look::Province),
    ("闽", Look::Province),
    ("贵", Look::Province),
    ("粤", Look::Province),
    ("青", Look::Province),
    ("藏", Look::Province),
    ("川", Look::Province),
    ("宁", Look::Province),
    ("琼", Look::Province),
    ("使", Look::Province),
];

/// The words by their first character, the longer first.
pub(super) static BY_FIRST: LazyLock<HashMap<char, Vec<(&str, Look)>>> = LazyLock::new(|| {
    let mut map: HashMap<char, Vec<(&str, Look)>> = HashMap::new();
    for (word, look) in WORDS {
        map.entry(word.chars().next().expect("a word has a character")).or_default().push((word, look));
    }
    for words in map.values_mut() {
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    }
    map
});

/// Before a number: it belongs to a telephone.
pub(super) const TELEPHONE: [&str; 14] = [
    "电话",
    "手机",
    "联系方式",
    "联系人",
    "热线",
    "拨打",
    "致电",
    "传真",
    "微信",
    "短信",
    "机主",
    "tel",
    "phone",
    "mobile",
];

/// Before a number: it belongs to a person's papers.
pub(super) const PAPERS: [&str; 8] =
    ["身份证", "身份号", "证件号", "公民身份", "居民证", "idcard", "identity", "id_number"];

/// Before a number: it counts papers, not persons.
pub(super) const REGISTERS: [&str; 20] = [
    "注册号",
    "编号",
    "文号",
    "流水",
    "订单",
    "案号",
    "索引",
    "备案",
    "许可",
    "合同",
    "单号",
    "条码",
    "凭证",
    "票据",
    "代码",
    "登记号",
    "证书号",
    "序列",
    "批号",
    "统计",
];

pub(super) const BANKS: [&str; 9] = ["银行", "卡号", "账号", "帐号", "账户", "开户", "储蓄", "信用卡", "card"];
