//! A register of short records: company, number, code, sum, date, reason, district. No two are alike.

use super::super::random::Random;
use super::super::words::DISTRICTS;
use super::names::{self, Company};

pub(super) const REGISTER: &str = "ticket";

pub(super) const REASONS: [&str; 24] = [
    "未按规定设置安全警示标志",
    "疏散通道被占用",
    "未建立隐患排查治理台账",
    "特种作业人员未持证上岗",
    "未如实告知从业人员危险因素",
    "可燃气体报警器未定期检定",
    "有限空间作业未执行审批",
    "消防设施未保持完好有效",
    "未组织应急救援演练",
    "安全费用提取和使用不规范",
    "动火作业未配备监护人",
    "危险化学品超量储存",
    "未与承包单位签订安全管理协议",
    "车间除尘系统积尘未清理",
    "电气线路敷设不符合防爆要求",
    "未开展三级安全教育培训",
    "压力容器超期未检验",
    "未取得许可擅自经营",
    "起重机械限位装置失效",
    "配电室未设置挡鼠板",
    "临边防护缺失",
    "未佩戴劳动防护用品",
    "作业场所职业病危害因素超标",
    "重大危险源未备案",
];

const WHERE: [&str; 20] = [
    "一号车间",
    "二号车间",
    "原料仓库",
    "成品仓库",
    "配电室",
    "锅炉房",
    "装卸平台",
    "办公楼",
    "员工宿舍",
    "罐区",
    "地下停车场",
    "施工现场",
    "喷漆房",
    "污水处理站",
    "空压机房",
    "食堂",
    "厂区西侧",
    "门店后厨",
    "三层营业厅",
    "井口",
];

pub(super) struct Record {
    pub(super) id: String,
    pub(super) company: Company,
    pub(super) number: String,
    /// In yuan.
    pub(super) sum: u64,
    pub(super) date: String,
    pub(super) reason: String,
    pub(super) district: (&'static str, &'static str),
}

impl Record {
    /// As the pattern of the register makes it.
    pub(super) fn title(&self) -> String {
        format!("{}：{}", self.company.name(), self.reason)
    }
}

pub(super) struct Records {
    pub(super) count: usize,
}

impl Records {
    pub(super) fn record(&self, at: usize) -> Record {
        let mut random = Random::seeded(at as u64 ^ 0x7469_636b_6574);
        let company = names::company(random.below(self.count as u64 / 4 + 1));
        let district = random.pick(&DISTRICTS);
        let (year, month, day) = (2015 + random.below(12), 1 + random.below(10), 1 + random.below(28));
        Record {
            id: format!("t{at:07}"),
            company,
            number: names::document_number(district.1, "简", year, at + 1),
            sum: (1 + random.below(200)) * 100,
            date: format!("{year}-{month:02}-{day:02}"),
            reason: format!("{}{}", random.pick(&WHERE), random.pick(&REASONS)),
            district,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_have_numbers_of_their_own() {
        let records = Records { count: 1000 };
        let numbers: std::collections::HashSet<String> = (0..1000).map(|at| records.record(at).number).collect();
        assert_eq!(numbers.len(), 1000);
        assert_eq!(records.record(7).title(), records.record(7).title());
    }
}
