//! Links to profiles in rendered posts: who is named, and which of them a reader may follow.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;

use super::SafeHtml;

/// How an anchor begins in what the sanitiser writes.
const OPEN: &str = "<a ";

/// The handle that an anchor's opening tag leads to, if it leads to a profile.
fn profile(tag: &str) -> Option<String> {
    let path = tag.split_once("href=\"/u/")?.1.split('"').next()?;
    let handle = path.split(['/', '?', '#']).next()?;
    Some(percent_decode_str(handle).decode_utf8_lossy().into_owned())
}

impl SafeHtml {
    /// The handles that this text links to, whether as a mention or otherwise, in their order.
    pub fn mentioned(&self) -> Vec<String> {
        self.0.split(OPEN).skip(1).filter_map(|part| profile(part.split('>').next()?)).collect()
    }

    /// The text in which only the profiles of `public` are links: what visitors see.
    #[must_use]
    pub fn linking_only(&self, public: &HashSet<String>) -> Self {
        let mut out = String::with_capacity(self.0.len());
        let mut parts = self.0.split(OPEN);
        out.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let hidden = part
                .split_once('>')
                .filter(|(tag, _)| profile(tag).is_some_and(|handle| !public.contains(&handle)))
                .and_then(|(tag, rest)| rest.split_once("</a>").map(|(name, rest)| (tag, name, rest)));
            if let Some((tag, name, rest)) = hidden {
                let mention = tag.starts_with("class=\"mention\"");
                out.push_str(if mention { "<span class=\"mention\">" } else { "<span>" });
                out.push_str(name);
                out.push_str("</span>");
                out.push_str(rest);
            } else {
                out.push_str(OPEN);
                out.push_str(part);
            }
        }
        Self(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_profiles_are_links() {
        let html = SafeHtml::from_stored(
            "<p><a class=\"mention\" href=\"/u/ada\">@ada</a> and <a class=\"mention\" href=\"/u/%E6%9E%97\">@林</a>, <a href=\"/x\">x</a> <a href=\"/u/eve?tab=1\">E <b>v</b></a></p>".into(),
        );
        assert_eq!(html.mentioned(), ["ada", "林", "eve"]);
        let shown = html.linking_only(&HashSet::from(["ada".to_owned()]));
        assert_eq!(
            shown.as_str(),
            "<p><a class=\"mention\" href=\"/u/ada\">@ada</a> and <span class=\"mention\">@林</span>, <a href=\"/x\">x</a> <span>E <b>v</b></span></p>"
        );
        assert_eq!(
            html.linking_only(&HashSet::from(["ada".to_owned(), "林".to_owned(), "eve".to_owned()])),
            html
        );
    }
}
