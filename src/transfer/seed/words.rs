//! Words to write synthetic posts with: two vocabularies whose ranks follow Zipf's law, as those of real texts do.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};
use rand_distr::{Distribution, Zipf};

/// Words of the English vocabulary.
const ENGLISH: usize = 40_000;
/// Words of the Chinese vocabulary.
const CHINESE: usize = 24_000;
/// Zipf's exponent: about 1 in real texts.
const EXPONENT: f64 = 1.03;

/// The words that come first by frequency.
const FREQUENT: &str = "the of to and a in is it you that for on with as be this are have not or can if we from but \
    at an my will when do what there all was use your so how one which get has just would any more like about some \
    then they only work need time value set new after way also than does other should works make using same here \
    them into well first two no out now see where could each want up know problem thanks change sensor cable module \
    update firmware version error device network signal motor controller power voltage output input test line file \
    screen setting address machine order delivery customer price report data table server search reply question";

/// What other English words are made of.
const ONSETS: [&str; 28] = [
    "b", "br", "c", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl", "pr",
    "r", "s", "st", "t", "tr", "v", "w", "sh", "th",
];
const VOWELS: [&str; 10] = ["a", "e", "i", "o", "u", "ai", "ea", "io", "ou", "y"];
const CODAS: [&str; 16] =
    ["", "", "n", "r", "s", "t", "l", "m", "nd", "ng", "st", "ck", "x", "ble", "ment", "tion"];

/// Chinese words that come first by frequency.
const OFTEN: &str = "的 了 是 我 不 在 有 这 个 就 也 都 和 你 很 到 说 要 去 会 没有 可以 一个 什么 我们 问题 使用 如果 \
    现在 这个 因为 但是 还是 怎么 自己 时候 知道 已经 需要 设备 数据 系统 更新 版本 传感器 电源 信号 网络 设置 客户 产品 \
    价格 订单 测试 连接 功能 软件 硬件 地址 错误 方法 公司 工程师 请问 谢谢";

/// Characters of which the other Chinese words are made.
const CHARACTERS: &str = "一二三上下中大小多少高低长短新旧好坏开关进出来去前后左右内外东西南北天地人民国家城市水火土木金石山河\
    海风雨雪云电光声色香味手足头目耳口心身体力气生死老幼男女父母子孙兄弟朋友先生学校书文字语言读写说话听看想问答教\
    育科技工业农商交通车船飞机铁路桥梁道房屋门窗桌椅床灯纸笔刀剑衣服鞋帽食物米面肉菜鱼鸟马牛羊狗猫花草树林果实春夏\
    秋冬早晚日月星年时分秒今明昨快慢轻重冷热软硬干湿净脏亮暗深浅宽窄厚薄强弱正反真假对错是非有无得失成败胜负买卖\
    借还送收给取放拿推拉打击破立建设计划组织管理领导会议讨论决定研究分析检查测量控制调整修改安装使用维护保养更换\
    连接传输信号数据程序系统网络服务客户产品质量标准规格参数型号版本功能性能效率成本价格利润市场销售订单合同付款";

/// Two vocabularies, the most frequent words first.
pub struct Words {
    english: Vec<String>,
    chinese: Vec<String>,
    english_rank: Option<Zipf<f64>>,
    chinese_rank: Option<Zipf<f64>>,
}

fn pick<'a>(rng: &mut ChaCha8Rng, from: &[&'a str]) -> &'a str {
    from.get(rng.random_range(0..from.len())).copied().unwrap_or_default()
}

fn made(mut words: Vec<String>, size: usize, mut next: impl FnMut() -> String) -> Vec<String> {
    let mut known: std::collections::HashSet<String> = words.iter().cloned().collect();
    while words.len() < size {
        let word = next();
        if known.insert(word.clone()) {
            words.push(word);
        }
    }
    words
}

impl Words {
    /// The same words for the same `seed`.
    pub fn new(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x5eed);
        let english = made(FREQUENT.split_whitespace().map(str::to_owned).collect(), ENGLISH, || {
            let mut word = String::new();
            for _ in 0..rng.random_range(1..=3) {
                word.push_str(pick(&mut rng, &ONSETS));
                word.push_str(pick(&mut rng, &VOWELS));
                word.push_str(pick(&mut rng, &CODAS));
            }
            word
        });
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0xc41);
        let characters: Vec<char> = CHARACTERS.chars().filter(|c| !c.is_whitespace()).collect();
        let chinese = made(OFTEN.split_whitespace().map(str::to_owned).collect(), CHINESE, || {
            let long = if rng.random_bool(0.8) { 2 } else { rng.random_range(3..=4) };
            (0..long).filter_map(|_| characters.get(rng.random_range(0..characters.len()))).collect()
        });
        let zipf = |n: usize| Zipf::new(n as f64, EXPONENT).ok();
        Self { english_rank: zipf(ENGLISH), chinese_rank: zipf(CHINESE), english, chinese }
    }

    fn draw<'a>(words: &'a [String], rank: Option<&Zipf<f64>>, rng: &mut impl Rng) -> &'a str {
        // Ranks begin at 1.
        let rank = rank.map_or(1.0, |zipf| zipf.sample(rng)) as usize;
        words.get(rank.saturating_sub(1).min(words.len().saturating_sub(1))).map_or("", String::as_str)
    }

    /// An English word by its frequency.
    pub fn english(&self, rng: &mut impl Rng) -> &str {
        Self::draw(&self.english, self.english_rank.as_ref(), rng)
    }

    /// A Chinese word by its frequency.
    pub fn chinese(&self, rng: &mut impl Rng) -> &str {
        Self::draw(&self.chinese, self.chinese_rank.as_ref(), rng)
    }

    /// A word of middling frequency: what titles and tags are about.
    pub fn topic(&self, chinese: bool, rng: &mut impl Rng) -> &str {
        let words = if chinese { &self.chinese } else { &self.english };
        let rank = rng.random_range(60..3_000.min(words.len()));
        words.get(rank).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vocabularies_are_full_and_the_same_for_one_seed() {
        let (one, two, other) = (Words::new(1), Words::new(1), Words::new(2));
        assert_eq!((one.english.len(), one.chinese.len()), (ENGLISH, CHINESE));
        assert_eq!(one.english, two.english);
        assert_ne!(one.english, other.english);
    }

    #[test]
    fn frequencies_fall_with_rank() {
        let words = Words::new(1);
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut counts = std::collections::HashMap::new();
        for _ in 0..50_000 {
            *counts.entry(words.english(&mut rng).to_owned()).or_insert(0_u32) += 1;
        }
        let of = |word: &str| counts.get(word).copied().unwrap_or(0);
        assert!(of("the") > 3_000 && of("the") > of("of") && of("of") > of("and"));
        assert!(counts.len() > 5_000, "and there is a long tail: {}", counts.len());
    }
}
