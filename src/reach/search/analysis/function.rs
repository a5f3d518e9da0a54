//! Words that say how something is asked and not what it is about. They count in the score as every word does, but
//! nothing need hold them: `how do i calibrate` is about calibrating.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Folded, as the dictionary cuts them.
const WORDS: &str = "\
    a an the of to in on at for from by with and or is are was were be been am do does did can could should would \
    will i you he she it we they my your our their me us them how what why when where which who this that these those \
    there not no if so as but about into than then have has had im its \
    的 了 是 在 我 你 您 他 她 它 我们 你们 他们 大家 怎么 怎么样 怎么办 怎么回事 如何 怎样 怎 什么 为什么 为何 为啥 啥 何 \
    哪里 哪儿 哪 哪个 哪些 谁 多少 吗 呢 吧 啊 呀 请问 请教 求助 可以 能否 是否 能 能不能 可不可以 有没有 是不是 会不会 一个 \
    这个 那个 这 那 这样 那样 这种 那种 有 和 与 及 或 也 都 就 还 会 要 想 应该 需要 一下 关于 时候 的话 才能 才 被 把 让 给 \
    对 从 到 不 没 没有 后 里 上 下 中 之后 一直 出现 怎么着 咋 咋办 咋样";

static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| WORDS.split_whitespace().collect());

/// Whether a folded word is one of them.
pub fn is_function(word: &str) -> bool {
    KNOWN.contains(word)
}
