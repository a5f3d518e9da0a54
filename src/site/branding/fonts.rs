//! Font stacks: a Latin family first, so that digits and quotes are Latin, then the families of each Chinese script.
//! Nothing is loaded: these are fonts that systems have.

use std::fmt::Write as _;

/// Characters of a family name at most.
const NAME: usize = 40;
/// Families of one's own at most.
pub const OWN: usize = 4;

/// Which of the built-in stacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Family {
    /// The system's sans serif.
    #[default]
    Sans,
    /// A book face; Song in Chinese.
    Serif,
    /// A rounded sans serif.
    Rounded,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sans, Self::Serif, Self::Rounded];

    /// The word stored and sent.
    pub fn code(self) -> &'static str {
        match self {
            Self::Sans => "sans",
            Self::Serif => "serif",
            Self::Rounded => "rounded",
        }
    }

    /// Reads [`Family::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.code() == code)
    }

    /// Latin, simplified, traditional, generic. The sans stacks stand in `tokens.css`.
    fn stacks(self) -> Option<[&'static str; 3]> {
        match self {
            Self::Sans => None,
            Self::Serif => Some([
                r#"Charter,"Bitstream Charter","Iowan Old Style","Source Serif 4",Cambria,Georgia,"Noto Serif""#,
                r#""Songti SC",STSong,"Noto Serif CJK SC","Source Han Serif SC",SimSun"#,
                r#""Songti TC","Noto Serif CJK TC","Source Han Serif TC",PMingLiU"#,
            ]),
            Self::Rounded => Some([
                r#"ui-rounded,"SF Pro Rounded",Nunito,Quicksand,"Segoe UI",system-ui"#,
                r#""Yuanti SC",YouYuan,"PingFang SC","Microsoft YaHei UI","Noto Sans CJK SC""#,
                r#""Yuanti TC","PingFang TC","Microsoft JhengHei UI","Noto Sans CJK TC""#,
            ]),
        }
    }
}

/// Reads family names with commas between. Errs with the name that is none.
pub fn parse_own(text: &str) -> Result<Vec<String>, String> {
    let names: Vec<String> = text
        .split([',', '，', '、'])
        .map(|name| name.trim().trim_matches(['"', '\'']).to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    let sound = |name: &String| {
        name.chars().count() <= NAME
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
    };
    match names.iter().find(|name| !sound(name)) {
        Some(name) => Err(name.clone()),
        None if names.len() > OWN => Err(names.get(OWN).cloned().unwrap_or_default()),
        None => Ok(names),
    }
}

/// The rule that sets the stacks; empty for the default.
pub fn css(family: Family, own: &[String]) -> String {
    if family == Family::default() && own.is_empty() {
        return String::new();
    }
    let mut css = String::from(":root{");
    if let Some([latin, hans, hant]) = family.stacks() {
        let _ = write!(css, "--latin:{latin};--hans:{hans};--hant:{hant};");
        if family == Family::Serif {
            css.push_str("--generic:serif;");
        }
    }
    if !own.is_empty() {
        let names: Vec<String> = own.iter().map(|name| format!("\"{name}\"")).collect();
        let _ = write!(css, "--own:{},;", names.join(","));
    }
    css.push_str("}\n");
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn family_names_are_names_only() {
        assert_eq!(
            parse_own(" Inter , \"LXGW WenKai\"，霞鹜文楷").unwrap(),
            ["Inter", "LXGW WenKai", "霞鹜文楷"]
        );
        assert_eq!(parse_own("").unwrap(), Vec::<String>::new());
        for wrong in ["a;b", "x{}", "url(http://e)", "a\\22", "a\nb}", &"a".repeat(41), "a,b,c,d,e"] {
            assert!(parse_own(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_what_differs_from_the_style_sheet_is_written() {
        assert_eq!(css(Family::Sans, &[]), "");
        assert!(css(Family::Serif, &[]).contains("--hans:\"Songti SC\""));
        assert!(css(Family::Sans, &["Inter".into()]).contains("--own:\"Inter\",;"));
    }
}
