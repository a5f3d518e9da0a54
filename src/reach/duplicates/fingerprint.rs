//! A `SimHash` (Moses Charikar, "Similarity estimation techniques from rounding algorithms", 2002) of 64 bits over
//! what a reader takes for the text: folded, without blanks and punctuation, in runs of three characters. Near texts
//! have near hashes.

use std::collections::HashSet;

use crate::base::fold::{fold, is_han};
use crate::content::markup::{Keep, plain_text};

/// Bits in which two posts that look the same differ at most. Four bands of a hash meet at least once up to here.
pub const NEAR: u32 = 3;
/// Bits up to which two are looked at letter by letter: an edit of a sentence or two changes more bits than [`NEAR`]. A
/// band is still shared by most of them.
pub const WORTH_A_LOOK: u32 = 12;
/// The part of their runs that two texts must share to look the same (Jaccard's index).
const ALIKE: f64 = 0.6;
/// Characters of a run.
const RUN: usize = 3;
/// How much a post must say to have a fingerprint, in letters; a Han character says about as much as two. Shorter ones
/// are alike by chance.
const ENOUGH: usize = 160;
/// How much a post that opens a thread must say together with the title, when it says less than that by itself.
const WITH_TITLE: usize = 80;

/// A fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub u64);

impl Fingerprint {
    /// That of a post; none when it says too little. The title of the thread that it opens counts only where the post
    /// alone does not say enough: one text under two titles is one text.
    pub fn of(title: Option<&str>, body: &str) -> Option<Self> {
        // A cheap look first: what says two letters is at least two bytes long.
        let least = if title.is_some() { WITH_TITLE } else { ENOUGH };
        if title.unwrap_or_default().len() + body.len() < least {
            return None;
        }
        let mut letters = letters(&plain_text(body, Keep::SEARCH));
        if said(&letters) >= ENOUGH {
            return Some(Self(simhash(&letters)));
        }
        letters.splice(0..0, self::letters(title?));
        (said(&letters) >= WITH_TITLE).then(|| Self(simhash(&letters)))
    }

    /// The bits in which two differ.
    pub fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }

    /// Its four bands, 16 bits each.
    pub fn bands(self) -> [i32; 4] {
        [48, 32, 16, 0].map(|shift| i32::from(u16::try_from((self.0 >> shift) & 0xFFFF).unwrap_or(0)))
    }
}

/// Whether two posts share most of what they say, run by run.
pub fn are_alike(one: &str, other: &str) -> bool {
    let runs = |body: &str| -> HashSet<u64> {
        letters(&plain_text(body, Keep::SEARCH)).windows(RUN).map(hash).collect()
    };
    let (one, other) = (runs(one), runs(other));
    let shared = one.intersection(&other).count();
    let all = one.len() + other.len() - shared;
    all > 0 && shared as f64 >= ALIKE * all as f64
}

fn letters(text: &str) -> Vec<char> {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn said(letters: &[char]) -> usize {
    letters.iter().map(|c| if is_han(*c) { 2 } else { 1 }).sum()
}

/// Kept in the database, so it must never change: FNV-1a, then the finaliser of `SplitMix64`, since FNV alone leaves the
/// high bits of so short an input alike.
fn hash(run: &[char]) -> u64 {
    let mut h = 0xcbf2_9ce4_8422_2325_u64;
    for byte in run.iter().flat_map(|c| u32::from(*c).to_le_bytes()) {
        h = (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    h ^ (h >> 31)
}

fn simhash(letters: &[char]) -> u64 {
    let mut sums = [0_i32; 64];
    for run in letters.windows(RUN) {
        let h = hash(run);
        for (bit, sum) in sums.iter_mut().enumerate() {
            *sum += if (h >> bit) & 1 == 1 { 1 } else { -1 };
        }
    }
    sums.iter().enumerate().fold(0, |all, (bit, sum)| if *sum > 0 { all | (1 << bit) } else { all })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ENGLISH: &str = "After the update of last week my SmartHub loses the connection to the lamps in the kitchen \
        every night at about three. Restarting the hub helps until the next night. I have already changed the channel \
        of the wireless network, moved the hub nearer to the router and replaced the power supply, without any effect. \
        The log says that the gateway did not answer for thirty seconds and was therefore taken off the list. Does \
        anybody know how I can make it wait longer, or how to go back to the version before? The lamps themselves are \
        reachable all the time, and those in the living room, which hang on the other hub, never had this at all.";
    const TRADITIONAL: &str = "上週更新之後，我的智慧主機每天凌晨三點左右就會與廚房的燈失去連線，重新啟動主機之後可以維持到隔天晚上。\
        我已經更換過無線網路的頻道、把主機移到離路由器更近的地方，也換了電源供應器，但是完全沒有改善。紀錄顯示閘道器三十秒沒有回應，\
        因此從清單中移除。請問有沒有人知道怎麼讓它等久一點，或是怎麼退回之前的版本？";
    const SIMPLIFIED: &str = "上週更新之后，我的智慧主机每天凌晨三点左右就会与厨房的灯失去连线，重新启动主机之后可以维持到隔天晚上。\
        我已经更换过无线网路的频道、把主机移到离路由器更近的地方，也换了电源供应器，但是完全没有改善。纪录显示闸道器三十秒没有回应，\
        因此从清单中移除。请问有没有人知道怎么让它等久一点，或是怎么退回之前的版本？";

    fn of(text: &str) -> Fingerprint {
        Fingerprint::of(None, text).expect("it says enough")
    }

    #[test]
    fn script_markup_and_punctuation_make_no_difference() {
        assert_eq!(of(TRADITIONAL), of(SIMPLIFIED));
        let dressed =
            format!("> quoted from somebody else\n\n**{}**", ENGLISH.to_uppercase().replace(". ", "!\n\n"));
        assert_eq!(of(ENGLISH), of(&dressed));
    }

    #[test]
    fn a_small_edit_stays_near() {
        for (from, to) in [("thirty seconds", "thirty second"), ("router", "ruoter"), ("anybody", "somebody")]
        {
            let edited = ENGLISH.replace(from, to);
            assert_ne!(edited, ENGLISH);
            assert!(
                of(ENGLISH).distance(of(&edited)) <= NEAR,
                "{from}: {}",
                of(ENGLISH).distance(of(&edited))
            );
        }
        let signed = format!("{ENGLISH} Thank you!");
        assert!(of(ENGLISH).distance(of(&signed)) <= NEAR, "{}", of(ENGLISH).distance(of(&signed)));
    }

    #[test]
    fn a_sentence_more_or_less_is_still_alike() {
        let longer = format!("{ENGLISH} Thanks in advance for any help, and sorry if this was asked before!");
        let changed = ENGLISH.replace("the router", "our access point").replace("restarting", "rebooting");
        for edited in [&longer, &changed] {
            assert!(are_alike(ENGLISH, edited));
            assert!(of(ENGLISH).distance(of(edited)) <= WORTH_A_LOOK, "{}", of(ENGLISH).distance(of(edited)));
        }
        assert!(are_alike(TRADITIONAL, &SIMPLIFIED.replace("完全没有改善", "一点用都没有")));
        assert!(!are_alike(ENGLISH, TRADITIONAL) && !are_alike("", ""));
    }

    #[test]
    fn different_texts_are_far_apart() {
        let other = "The rewards page shows my points, but when I redeem the mug it says that the stock is used up, although \
            the list still counts four. I tried it twice with another browser and once on the phone. Is the number perhaps \
            counted for all countries together, or has somebody reserved the rest? It would be nice to be told before.";
        let pairs = [(ENGLISH, other), (ENGLISH, TRADITIONAL), (other, SIMPLIFIED)];
        for (one, two) in pairs {
            assert!(of(one).distance(of(two)) > 10, "{}", of(one).distance(of(two)));
        }
    }

    #[test]
    fn short_posts_have_none() {
        assert_eq!(Fingerprint::of(None, "Thank you, that helped!"), None);
        assert_eq!(Fingerprint::of(Some("Help"), "It does not work."), None);
        assert_eq!(Fingerprint::of(None, &"!?".repeat(500)), None, "nothing is said");
        assert!(Fingerprint::of(Some("題目"), &"字詞".repeat(20)).is_some(), "Han characters say more");
        assert_eq!(Fingerprint::of(None, &"字詞".repeat(20)), None, "as a reply it is short");
        assert_eq!(Fingerprint::of(Some("One title"), ENGLISH), Fingerprint::of(Some("Another"), ENGLISH));
    }

    proptest! {
        #[test]
        fn two_that_are_near_have_a_band_in_common(hash: u64, flips in prop::collection::vec(0_u32..64, 0..=3)) {
            let other = flips.iter().fold(hash, |h, bit| h ^ (1 << bit));
            let (one, other) = (Fingerprint(hash), Fingerprint(other));
            prop_assert!(one.distance(other) <= NEAR);
            prop_assert!(one.bands().iter().zip(other.bands()).any(|(a, b)| *a == b));
        }

        #[test]
        fn every_text_can_be_hashed(text in "\\PC{0,300}") {
            let _ = Fingerprint::of(Some(""), &text);
        }
    }
}
