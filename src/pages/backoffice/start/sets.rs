//! Categories to start from, in the three languages. They are what an administrator makes of them and no words of the
//! interface, so they stand here beside their addresses and colours and not in the catalogue.

use crate::base::locale::Locale;

/// The sets that are offered; the last is empty.
pub const SETS: [&str; 4] = ["vendor", "retailer", "service", "own"];

/// The colour of a row that nobody filled.
pub const COLOUR: &str = "#2f6f6b";

/// One category of a set.
pub struct Starter {
    /// Its address.
    pub slug: &'static str,
    /// Its colour.
    pub colour: &'static str,
    /// Only staff open threads in it.
    pub staff: bool,
    /// Name and description in English, simplified and traditional Chinese.
    words: [(&'static str, &'static str); 3],
}

impl Starter {
    /// Name and description in `locale`.
    pub fn words(&self, locale: Locale) -> (&'static str, &'static str) {
        let [en, cn, tw] = self.words;
        match locale {
            Locale::En => en,
            Locale::ZhCn => cn,
            Locale::ZhTw => tw,
        }
    }
}

/// The categories of a set.
pub fn of(set: &str) -> &'static [Starter] {
    match set {
        "vendor" => &VENDOR,
        "retailer" => &RETAILER,
        "service" => &SERVICE,
        _ => &[],
    }
}

const fn starter(
    slug: &'static str,
    colour: &'static str,
    staff: bool,
    words: [(&'static str, &'static str); 3],
) -> Starter {
    Starter { slug, colour, staff, words }
}

const LOUNGE: Starter = starter(
    "lounge",
    "#5f6b6a",
    false,
    [
        ("Lounge", "Say hello, and everything that fits nowhere else."),
        ("闲聊", "打个招呼，聊聊其他版块放不下的话题。"),
        ("閒聊", "打聲招呼，聊聊其他看板放不下的話題。"),
    ],
);

const VENDOR: [Starter; 5] = [
    starter(
        "announcements",
        "#b3541e",
        true,
        [
            ("Announcements", "News, releases and events from our team."),
            ("公告", "来自官方团队的新闻、新品与活动。"),
            ("公告", "來自官方團隊的消息、新品與活動。"),
        ],
    ),
    starter(
        "questions",
        "#1d5fbf",
        false,
        [
            ("Questions and answers", "Choosing, installing, using and repairing our products."),
            ("问答", "产品的选型、安装、使用与维修。"),
            ("問答", "產品的選購、安裝、使用與維修。"),
        ],
    ),
    starter(
        "know-how",
        "#2f6f6b",
        false,
        [
            ("Know-how", "Guides, tips and experience from practice."),
            ("经验分享", "来自实践的教程、技巧与心得。"),
            ("經驗分享", "來自實務的教學、技巧與心得。"),
        ],
    ),
    starter(
        "ideas",
        "#8a4fbf",
        false,
        [
            ("Ideas and wishes", "What should we build or mend next?"),
            ("建议与需求", "接下来，我们应该做什么、改什么？"),
            ("建議與需求", "接下來，我們應該做什麼、改什麼？"),
        ],
    ),
    LOUNGE,
];

const RETAILER: [Starter; 5] = [
    starter(
        "news",
        "#b3541e",
        true,
        [
            ("News and offers", "New in the shop, offers and events."),
            ("资讯与优惠", "新品上架、优惠与活动。"),
            ("消息與優惠", "新品上架、優惠與活動。"),
        ],
    ),
    starter(
        "advice",
        "#1d5fbf",
        false,
        [
            ("Buying advice", "Which one suits me? Ask before you buy."),
            ("选购咨询", "哪一款适合我？买之前先问一问。"),
            ("選購諮詢", "哪一款適合我？買之前先問一問。"),
        ],
    ),
    starter(
        "orders",
        "#946300",
        false,
        [
            (
                "Orders and delivery",
                "How ordering, delivery and returns work. No order numbers or addresses in public, please.",
            ),
            ("订单与配送", "下单、配送与退换货的问题。请不要公开订单号和地址。"),
            ("訂單與配送", "下單、配送與退換貨的問題。請不要公開訂單編號與地址。"),
        ],
    ),
    starter(
        "reviews",
        "#2f6f6b",
        false,
        [
            ("Reviews and experience", "What you bought, and how it does after a while."),
            ("晒单与体验", "买了什么，用了一段时间感觉如何。"),
            ("開箱與心得", "買了什麼，用了一陣子感覺如何。"),
        ],
    ),
    LOUNGE,
];

const SERVICE: [Starter; 5] = [
    starter(
        "announcements",
        "#b3541e",
        true,
        [
            ("Announcements", "News from our firm, dates and events."),
            ("公告", "公司动态、日程与活动。"),
            ("公告", "公司動態、日程與活動。"),
        ],
    ),
    starter(
        "questions",
        "#1d5fbf",
        false,
        [
            ("Ask our experts", "Questions of principle, answered by people who do it every day."),
            ("向专家提问", "常见的专业问题，由一线的人来回答。"),
            ("向專家提問", "常見的專業問題，由第一線的人來回答。"),
        ],
    ),
    starter(
        "cases",
        "#2f6f6b",
        false,
        [
            ("Projects and cases", "How others solved it, told from practice."),
            ("项目与案例", "来自实践的故事：别人是怎么解决的。"),
            ("專案與案例", "來自實務的故事：別人是怎麼解決的。"),
        ],
    ),
    starter(
        "trade",
        "#8a4fbf",
        false,
        [
            ("In the trade", "Rules, trends and news of our trade."),
            ("行业动态", "行业的法规、趋势与新闻。"),
            ("產業動態", "產業的法規、趨勢與新聞。"),
        ],
    ),
    starter(
        "feedback",
        "#5f6b6a",
        false,
        [
            ("Feedback", "What went well, and what we should do better."),
            ("反馈", "哪些做得好，哪些还应该改进。"),
            ("意見回饋", "哪些做得好，哪些還應該改進。"),
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_whole_and_end_with_none() {
        for set in SETS {
            let all = of(set);
            assert_eq!(all.len(), if set == "own" { 0 } else { 5 }, "{set}");
            for (n, one) in all.iter().enumerate() {
                assert!(all.iter().skip(n + 1).all(|other| other.slug != one.slug), "{set}: {}", one.slug);
                assert!(
                    one.words.iter().all(|(name, about)| !name.is_empty() && about.chars().count() < 120)
                );
            }
        }
    }
}
