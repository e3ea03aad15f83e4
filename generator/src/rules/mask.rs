//! Masks names, addresses and numbers of persons so that nothing more than needed is left.
//! It must not decide whose data is masked; what it does not understand it hides.

/// Surnames of two characters. A two-character name with one of these is a surname and a name.
const COMPOUND_SURNAMES: [&str; 62] = [
    "欧阳", "司马", "上官", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "司徒",
    "司空", "轩辕", "端木", "百里", "呼延", "南宫", "西门", "东郭", "独孤", "闻人", "濮阳", "淳于", "单于", "太史",
    "申屠", "公冶", "仲孙", "鲜于", "钟离", "赫连", "澹台", "宗政", "太叔", "闾丘", "子车", "颛孙", "巫马", "公西",
    "漆雕", "乐正", "壤驷", "公良", "拓跋", "夹谷", "宰父", "谷梁", "段干", "东门", "南门", "左丘", "梁丘", "第五",
    "完颜", "纳兰", "司寇", "亓官", "欧陽", "万俟",
];

const MIDDLE_DOTS: [char; 7] = ['·', '・', '•', '．', '‧', '∙', '.'];

/// 张三丰 to 张某某, 欧阳修 to 欧阳某, 阿卜杜拉·买买提 to 阿某某, John Smith to J某某. The length of
/// a long name is hidden too. Several names, separated by 、 or the like, are masked one by one.
pub(crate) fn person_name(name: &str) -> String {
    let is_separator = |c: char| "、，,；;/|\n".contains(c);
    let mut masked = String::new();
    for one in name.split(is_separator).map(str::trim).filter(|one| !one.is_empty()) {
        if !masked.is_empty() {
            masked.push('、');
        }
        masked.push_str(&one_name(one));
    }
    masked
}

/// 河南省郑州市金水区经八路街道纬五路21号 to 河南省郑州市金水区经八路街道: the first street office,
/// township or street is the last part left. Without one, the division; without that, nothing.
pub(crate) fn address_to_street(address: &str) -> String {
    let chars: Vec<char> = address.chars().filter(|c| !c.is_whitespace()).collect();
    let mut segment_start = 0;
    for at in 0..chars.len() {
        if let Some(length) = street_mark(&chars, at, segment_start) {
            return chars[..at + length].iter().collect();
        }
        if ends_division(&chars, at) {
            segment_start = at + 1;
        }
    }
    chars[..segment_start].iter().collect()
}

/// Hides the middle of a number or word: 410105199001011234 to 410************234.
pub(crate) fn middle(text: &str) -> String {
    let chars: Vec<char> = text.trim().chars().collect();
    let kept = match chars.len() {
        0..=1 => 0,
        2..=3 => 1,
        length => (length / 4).min(3),
    };
    let end = if chars.len() <= 3 { chars.len() } else { chars.len() - kept };
    let shown = |at: usize| at < kept || at >= end;
    chars.iter().enumerate().map(|(at, c)| if shown(at) { *c } else { '*' }).collect()
}

fn one_name(name: &str) -> String {
    let foreign_or_minority = name.contains(MIDDLE_DOTS);
    // Anything after the name itself — a post in brackets, a number — goes with it.
    let han: String = name.chars().take_while(|c| is_han(*c) || "*×＊".contains(*c)).collect();
    let length = han.chars().count();
    let Some(first) = name.chars().next().filter(|c| c.is_alphabetic()) else {
        return "某某".to_owned();
    };
    if foreign_or_minority || !is_han(first) {
        return format!("{first}某某");
    }
    let compound = COMPOUND_SURNAMES.iter().find(|surname| length > 2 && han.starts_with(**surname));
    let (surname, surname_length) = match compound {
        Some(surname) => ((*surname).to_owned(), 2),
        None => (first.to_string(), 1),
    };
    surname + if length - surname_length > 1 { "某某" } else { "某" }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' | '〇')
}

/// The length of a street mark at `at`. A mark at the head of its part, or before 市, 区 or 县,
/// belongs to the name of a division: 镇平县, 上街区, 新乡市.
fn street_mark(chars: &[char], at: usize, segment_start: usize) -> Option<usize> {
    let next = chars.get(at + 1).copied();
    let starts_office = |from: usize| chars[from..].starts_with(&['街', '道']);
    if at == segment_start || next.is_some_and(|next| "市区县".contains(next)) || starts_office(at + 1) {
        return None;
    }
    match chars[at] {
        '街' if starts_office(at) => Some(2),
        '街' | '路' | '镇' | '乡' | '巷' => Some(1),
        '大' if next == Some('道') => Some(2),
        '胡' if next == Some('同') => Some(2),
        _ => None,
    }
}

/// Whether a province, city, county or district ends here; 小区 and 园区 are places to live and work.
fn ends_division(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| chars[at]);
    match chars[at] {
        '省' | '市' | '县' | '旗' => before.is_some(),
        '区' => before.is_some_and(|before| !"小社园厂校库营住".contains(before)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let check = |input, expected| assert_eq!(person_name(input), expected, "{input}");
        check("张三", "张某");
        check("张三丰", "张某某");
        check(" 张三丰 ", "张某某");
        check("欧阳修", "欧阳某");
        check("欧阳小明", "欧阳某某");
        check("欧阳", "欧某");
        check("张李小明", "张某某");
        check("阿卜杜拉·买买提", "阿某某");
        check("古丽•买买提", "古某某");
        check("John Smith", "J某某");
        check("张", "张某");
        check("张某某", "张某某");
        check("张某", "张某");
        check("张**", "张某某");
        check("张三（法定代表人）", "张某");
        check("张三 13812345678", "张某");
        check("张三、李四五；王六", "张某、李某某、王某");
        check("𠮷田一", "𠮷某某");
        check("13812345678", "某某");
        check("", "");
    }

    #[test]
    fn addresses() {
        let check = |input, expected| assert_eq!(address_to_street(input), expected, "{input}");
        check("河南省郑州市金水区经八路街道纬五路21号3号楼502", "河南省郑州市金水区经八路街道");
        check("郑州市金水区纬五路21号", "郑州市金水区纬五路");
        check("郑州市上街区中心路88号", "郑州市上街区中心路");
        check("河南省新乡市红旗区平原路1号", "河南省新乡市红旗区平原路");
        check("南阳市镇平县石佛寺镇某村3组", "南阳市镇平县石佛寺镇");
        check("新密市超化镇幸福小区3号楼", "新密市超化镇");
        check("管城回族区北下街街道12号", "管城回族区北下街街道");
        check("金水区紫荆山大道9号", "金水区紫荆山大道");
        check("金水区花园路 3 号", "金水区花园路");
        check("郑州市金水区幸福小区3号楼502", "郑州市金水区");
        check("3号楼502", "");
        check("", "");
    }

    #[test]
    fn middles() {
        let check = |input, expected| assert_eq!(middle(input), expected, "{input}");
        check("410105199001011234", "410************234");
        check("13812345678", "13*******78");
        check("豫A12345", "豫*****5");
        check("ABCD", "A**D");
        check("ABC", "A**");
        check("AB", "A*");
        check("A", "*");
        check("", "");
    }
}
