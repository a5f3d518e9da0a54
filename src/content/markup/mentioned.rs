//! Mentions in stored HTML, for readers who may not open every profile.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;

use super::SafeHtml;

const OPEN: &str = "<a class=\"mention\" href=\"/u/";

impl SafeHtml {
    /// The handles that this text links to.
    pub fn mentioned(&self) -> Vec<String> {
        self.0
            .split(OPEN)
            .skip(1)
            .filter_map(|rest| rest.split_once('"'))
            .map(|(path, _)| percent_decode_str(path).decode_utf8_lossy().into_owned())
            .collect()
    }

    /// The same text, in which only members of `public` are links: others are named and lead nowhere.
    #[must_use]
    pub fn linking_only(&self, public: &HashSet<String>) -> Self {
        let mut out = String::with_capacity(self.0.len());
        let mut parts = self.0.split(OPEN);
        out.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let handle = part.split_once('"').map(|(path, _)| percent_decode_str(path).decode_utf8_lossy());
            let keeps = handle.is_none_or(|h| public.contains(h.as_ref()));
            match part.split_once('>').and_then(|(_, rest)| rest.split_once("</a>")) {
                Some((name, rest)) if !keeps => {
                    out.push_str("<span class=\"mention\">");
                    out.push_str(name);
                    out.push_str("</span>");
                    out.push_str(rest);
                }
                _ => {
                    out.push_str(OPEN);
                    out.push_str(part);
                }
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
            "<p><a class=\"mention\" href=\"/u/ada\">@ada</a> and <a class=\"mention\" href=\"/u/%E6%9E%97\">@林</a>, <a href=\"/x\">x</a></p>".into(),
        );
        assert_eq!(html.mentioned(), ["ada", "林"]);
        let shown = html.linking_only(&HashSet::from(["ada".to_owned()]));
        assert_eq!(
            shown.as_str(),
            "<p><a class=\"mention\" href=\"/u/ada\">@ada</a> and <span class=\"mention\">@林</span>, <a href=\"/x\">x</a></p>"
        );
        assert_eq!(html.linking_only(&HashSet::from(["ada".to_owned(), "林".to_owned()])), html);
    }
}
