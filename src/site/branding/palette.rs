//! All colours of the site from one: neutrals take the brand's hue, and lightness is moved until every pair of text
//! and ground that occurs has the contrast that WCAG 2.2 asks for at AA.

use std::fmt::Write as _;

use super::colour::{Colour, Oklch};

/// Contrast of body text, of other text, and of the borders of controls.
const BODY: f64 = 11.0;
const LABEL: f64 = 5.5;
const TEXT: f64 = 4.5;
const BORDER: f64 = 3.0;
/// Lightness moved at a time.
const STEP: f64 = 0.004;
/// Chroma of neutrals at most.
const NEUTRAL: f64 = 0.012;
/// Lightness and chroma from which a brand's colour is bright, such as yellow.
const BRIGHT: f64 = 0.78;
const VIVID: f64 = 0.08;
/// What is written on a light solid accent.
const INK: Colour = Colour::rgb(0x10, 0x10, 0x0f);

/// What floats throws a shadow; in the dark, where none is seen, it gets a border.
const LIGHT: &str = "--shadow:0 8px 24px rgb(0 0 0/.12),0 1px 2px rgb(0 0 0/.08);color-scheme:light";
const DARK: &str = "--shadow:0 0 0 1px var(--line);color-scheme:dark";

/// States: name, hue in degrees, chroma.
const STATES: [(&str, f64, f64); 4] =
    [("danger", 27.0, 0.19), ("warn", 75.0, 0.14), ("ok", 150.0, 0.14), ("info", 245.0, 0.14)];

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
}

/// One mode's colours by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette(Vec<(String, Colour)>);

impl Palette {
    /// The palette that follows from `brand`.
    pub fn of(brand: Colour, mode: Mode) -> Self {
        let Oklch { l, c, h } = brand.into();
        let light = mode == Mode::Light;
        let pick = |a: f64, b: f64| if light { a } else { b };
        let grey = c.min(NEUTRAL);
        let tone = |l, c| Oklch { l, c, h }.colour();
        let step = pick(-STEP, STEP);

        let bg = tone(pick(0.982, 0.185), grey * 0.3);
        let surface = tone(pick(1.0, 0.225), pick(0.0, grey * 0.6));
        let raised = tone(pick(1.0, 0.262), pick(0.0, grey * 0.7));
        let sunken = tone(pick(0.955, 0.155), grey * 0.4);
        let grounds = [bg, surface, raised, sunken];
        let on = |l, c, need| Oklch { l, c, h }.until(&grounds, need, step);

        let accent = on(pick(l.min(0.62), l.max(0.68)), c, TEXT);
        let soft = tone(pick(0.945, 0.30), c.min(0.05) * pick(0.45, 0.8));
        let on_soft = Oklch { l: pick(0.45, 0.85), c, h }.until(&[soft], TEXT, step);
        // A bright colour stays what it is under dark words; darkened until white ones could be read it is another.
        let bright = l >= BRIGHT && c >= VIVID;
        let muted = if light { accent } else { tone(l.clamp(0.60, 0.72), c) };
        let (solid, on_solid) = solid(if bright { brand } else { muted });

        let mut all = vec![
            ("bg", bg),
            ("surface", surface),
            ("raised", raised),
            ("sunken", sunken),
            ("line", tone(pick(0.905, 0.325), grey * 0.6)),
            ("line-strong", on(pick(0.80, 0.42), grey, BORDER)),
            ("text", on(pick(0.26, 0.93), grey, BODY)),
            ("text-2", on(pick(0.48, 0.77), grey, LABEL)),
            ("text-3", on(pick(0.57, 0.70), grey, TEXT)),
            ("accent", accent),
            ("accent-soft", soft),
            ("on-accent-soft", on_soft),
            ("accent-solid", solid),
            ("on-accent", on_solid),
        ]
        .into_iter()
        .map(|(name, colour)| (name.to_owned(), colour))
        .collect::<Vec<_>>();
        for (name, hue, chroma) in STATES {
            let soft = Oklch { l: pick(0.95, 0.29), c: 0.03, h: hue }.colour();
            let under = [bg, surface, raised, sunken, soft];
            let state = Oklch { l: pick(0.55, 0.74), c: chroma, h: hue }.until(&under, TEXT, step);
            all.push((name.to_owned(), state));
            all.push((format!("{name}-soft"), soft));
        }
        Self(all)
    }

    /// The colour called `name`.
    pub fn get(&self, name: &str) -> Option<Colour> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, colour)| *colour)
    }

    /// `--bg:#f6faf9;…`.
    pub fn declarations(&self) -> String {
        self.0.iter().fold(String::new(), |mut css, (name, colour)| {
            let _ = write!(css, "--{name}:{colour};");
            css
        })
    }
}

/// A solid ground near `wanted` and what is written on it.
fn solid(wanted: Colour) -> (Colour, Colour) {
    let on = if Colour::WHITE.contrast(wanted) >= TEXT { Colour::WHITE } else { INK };
    if on.contrast(wanted) >= TEXT {
        return (wanted, on);
    }
    (Oklch::from(wanted).until(&[on], TEXT, STEP), on)
}

/// The rules that set the palettes of `brand`: light, dark by choice, dark by the system's wish.
pub fn css(brand: Colour) -> String {
    let light = Palette::of(brand, Mode::Light).declarations() + LIGHT;
    let dark = Palette::of(brand, Mode::Dark).declarations() + DARK;
    [
        ":root{",
        &light,
        "}\n:root[data-theme=\"dark\"]{",
        &dark,
        "}\n@media (prefers-color-scheme:dark){:root:not([data-theme]){",
        &dark,
        "}}\n",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUNDS: [&str; 4] = ["bg", "surface", "raised", "sunken"];

    fn contrast(palette: &Palette, a: &str, b: &str) -> f64 {
        palette.get(a).unwrap().contrast(palette.get(b).unwrap())
    }

    fn check(brand: Colour) {
        for mode in [Mode::Light, Mode::Dark] {
            let palette = Palette::of(brand, mode);
            let need = |a: &str, b: &str, least: f64| {
                let found = contrast(&palette, a, b);
                assert!(found >= least, "{brand} {mode:?}: {a} on {b} has {found:.2}, wants {least}");
            };
            for ground in GROUNDS {
                need("text", ground, 7.0);
                for text in ["text-2", "text-3", "accent", "danger", "warn", "ok", "info"] {
                    need(text, ground, 4.5);
                }
                need("line-strong", ground, 3.0);
            }
            need("on-accent", "accent-solid", 4.5);
            need("on-accent-soft", "accent-soft", 4.5);
            for state in ["danger", "warn", "ok", "info"] {
                need("text", &format!("{state}-soft"), 7.0);
                need(state, &format!("{state}-soft"), 4.5);
            }
        }
    }

    #[test]
    fn any_brand_colour_gives_readable_text() {
        for brand in ["#2f6f6b", "#ffd400", "#0a0a0a", "#ff2d55", "#ffffff", "#7c3aed", "#00c2ff", "#000000"]
        {
            check(Colour::parse(brand).unwrap());
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(64))]
        #[test]
        fn so_does_every_other(r: u8, g: u8, b: u8) {
            check(Colour::rgb(r, g, b));
        }
    }

    #[test]
    fn a_bright_brand_stays_bright_where_it_fills() {
        let colours = |brand: &str| {
            let palette = Palette::of(Colour::parse(brand).unwrap(), Mode::Light);
            ["accent-solid", "on-accent", "accent"].map(|name| palette.get(name).unwrap().to_string())
        };
        let [solid, on, text] = colours("#ffee00");
        assert_eq!((solid.as_str(), on.as_str()), ("#ffee00", "#10100f"));
        assert_ne!(text, "#ffee00", "words are darker");
        let [solid, on, text] = colours("#2f6f6b");
        assert_eq!((solid, on.as_str()), (text, "#ffffff"));
        assert_ne!(colours("#ffffff")[0], "#ffffff", "what has no colour could not be seen");
    }

    #[test]
    fn the_default_brand_gives_the_colours_of_the_design() {
        let palette = Palette::of(Colour::rgb(0x2f, 0x6f, 0x6b), Mode::Light);
        for (name, colour) in [
            ("bg", "#f6faf9"),
            ("sunken", "#edf1f1"),
            ("line-strong", "#828c8b"),
            ("text", "#1e2625"),
            ("accent-soft", "#ddf2f0"),
            ("danger", "#c9302d"),
        ] {
            assert_eq!(palette.get(name).map(|c| c.to_string()).as_deref(), Some(colour), "{name}");
        }
        let dark = Palette::of(Colour::rgb(0x2f, 0x6f, 0x6b), Mode::Dark);
        assert_eq!(dark.get("accent-solid").map(|c| c.to_string()).as_deref(), Some("#4e8d89"));
        assert_eq!(dark.get("on-accent").map(|c| c.to_string()).as_deref(), Some("#10100f"));
    }
}
