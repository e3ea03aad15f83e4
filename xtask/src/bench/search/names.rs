//! Invented companies, credit codes and document numbers, all by number and the same on every machine.

use super::super::random::Random;
use super::super::words::DISTRICTS;

const CORES: [&str; 40] = [
    "恒", "泰", "瑞", "丰", "鑫", "昌", "博", "远", "嘉", "禾", "润", "泽", "宏", "达", "盛", "源", "凯", "顺", "金",
    "岳", "华", "辰", "锦", "程", "永", "固", "东", "方", "中", "岭", "联", "科", "新", "途", "安", "信", "德", "邦",
    "启", "明",
];

const TRADES: [&str; 24] = [
    "建材",
    "化工",
    "机械制造",
    "物流",
    "矿业",
    "燃气",
    "烟花爆竹",
    "电力工程",
    "粮油食品",
    "包装印刷",
    "纺织",
    "铸造",
    "铝业",
    "耐火材料",
    "汽车配件",
    "建筑劳务",
    "装饰工程",
    "仓储",
    "商贸",
    "环保科技",
    "医药",
    "家具",
    "塑料制品",
    "热力",
];

const FORMS: [&str; 4] = ["有限公司", "有限责任公司", "股份有限公司", "厂"];

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A company that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Company {
    /// `郑州恒泰鑫`
    pub(super) place: &'static str,
    pub(super) core: String,
    pub(super) trade: &'static str,
    pub(super) form: &'static str,
    pub(super) code: String,
}

impl Company {
    pub(super) fn name(&self) -> String {
        format!("{}{}{}{}", self.place, self.core, self.trade, self.form)
    }
}

/// The company of a number.
pub(super) fn company(number: u64) -> Company {
    let mut random = Random::seeded(number ^ 0x636f_6d70_616e_7900);
    let syllables = 2 + random.below(2);
    let core = (0..syllables).map(|_| random.pick(&CORES)).collect();
    let place = random.pick(&DISTRICTS[..12]).1.trim_end_matches(['区', '市', '县']);
    let code = credit_code(random.pick(&DISTRICTS).0, number);
    Company { place, core, trade: random.pick(&TRADES), form: random.pick(&FORMS[..]), code }
}

/// A code in the form of GB 32100 around an organisation code in the form of GB 11714.
fn credit_code(district: &str, number: u64) -> String {
    let district = if district.bytes().all(|byte| byte.is_ascii_digit()) { district } else { "410100" };
    let body = format!("MA{:06}", number % 1_000_000);
    let mut code = format!("91{district}{body}{}", organisation_check(&body));
    code.push(check(&code));
    code
}

fn organisation_check(body: &str) -> char {
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(c, weight)| c.to_digit(36).unwrap_or(0) * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).expect("below ten"),
    }
}

fn check(seventeen: &str) -> char {
    let value = |byte: u8| ALPHABET.iter().position(|known| *known == byte).unwrap_or(0);
    let (sum, _) = seventeen.bytes().fold((0, 1), |(sum, weight), byte| (sum + value(byte) * weight, weight * 3 % 31));
    char::from(ALPHABET[(31 - sum % 31) % 31])
}

/// A document number that no other `serial` of the year has: `郑金应急罚〔2023〕128号`.
pub(super) fn document_number(district: &str, kind: &str, year: u64, serial: usize) -> String {
    let first = district.chars().next().expect("districts have names");
    format!("郑{first}应急{kind}〔{year}〕{serial}号")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_check_characters() {
        // Worked out by hand from GB 11714 and GB 32100.
        assert_eq!(organisation_check("MA9T0001"), '8');
        assert_eq!(check("91419900MA9T00018"), '8');
        for number in [0, 1, 77, 123_456] {
            let company = company(number);
            assert_eq!(company.code.len(), 18, "{company:?}");
            assert_eq!(company, super::company(number));
        }
    }

    #[test]
    fn companies_of_one_portal_differ_in_their_codes() {
        let codes: std::collections::HashSet<String> = (0..5000).map(|number| company(number).code).collect();
        assert_eq!(codes.len(), 5000);
    }
}
