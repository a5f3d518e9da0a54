//! The icon of a site without a logo: the mark of the engine in the brand's colour, drawn here, so that an installed
//! site and a tab bear the same colour as its pages.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};

use super::colour::Colour;
use super::palette::{Mode, Palette};

/// Sides in pixels that are drawn at all.
const SIDES: [u32; 4] = [32, 180, 192, 512];
/// The mark is drawn on a square of this many units; it fills 2 to 30.
const UNITS: f64 = 32.0;
/// Radius of three of its corners; the fourth is square, like a speech mark.
const CORNER: f64 = 8.0;
/// Three bars of falling height: left, top, right, bottom.
const BARS: [[f64; 4]; 3] = [[9.0, 9.0, 12.0, 23.0], [15.0, 14.0, 18.0, 23.0], [21.0, 18.0, 24.0, 23.0]];
/// Points looked at along each side of a pixel, for smooth edges.
const FINE: u32 = 4;

/// One of the drawings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Icon {
    /// For tabs, at any size.
    Svg,
    /// A square of so many pixels, transparent around the mark.
    Square(u32),
    /// 512 pixels, coloured to the edges: systems cut a shape of their own out of its middle.
    Maskable,
}

impl Icon {
    /// From a file name such as `icon.svg`, `icon-192.png` or `maskable-512.png`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "icon.svg" => Some(Self::Svg),
            "maskable-512.png" => Some(Self::Maskable),
            _ => {
                let side = name.strip_prefix("icon-")?.strip_suffix(".png")?;
                SIDES.into_iter().find(|s| s.to_string() == side).map(Self::Square)
            }
        }
    }

    /// Its media type.
    pub fn content_type(self) -> &'static str {
        if self == Self::Svg { "image/svg+xml" } else { "image/png" }
    }

    /// The file, for a brand of `colour`. `None` only where the encoder fails.
    pub fn draw(self, colour: Colour) -> Option<Vec<u8>> {
        let palette = Palette::of(colour, Mode::Light);
        let ground = palette.get("accent-solid").unwrap_or(colour);
        let mark = palette.get("on-accent").unwrap_or(Colour::WHITE);
        match self {
            Self::Svg => Some(svg(ground, mark).into_bytes()),
            Self::Square(side) => png(side, |x, y| match (within_bars(x, y), within_tile(x, y)) {
                (true, _) => Some(mark),
                (_, true) => Some(ground),
                _ => None,
            }),
            // The bars alone keep well within the middle eight tenths (W3C Web App Manifest).
            Self::Maskable => png(512, |x, y| Some(if within_bars(x, y) { mark } else { ground })),
        }
    }
}

fn svg(ground: Colour, mark: Colour) -> String {
    let bars: Vec<String> = BARS
        .iter()
        .map(|[left, top, right, bottom]| format!("M{left} {top}H{right}V{bottom}H{left}z"))
        .collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><path fill=\"{ground}\" \
         d=\"M10 2h12a8 8 0 0 1 8 8v12a8 8 0 0 1-8 8H2V10a8 8 0 0 1 8-8z\"/><path fill=\"{mark}\" d=\"{}\"/></svg>",
        bars.concat()
    )
}

fn within_bars(x: f64, y: f64) -> bool {
    BARS.iter().any(|[left, top, right, bottom]| x >= *left && x < *right && y >= *top && y < *bottom)
}

/// Inside the rounded square whose lower left corner is a right angle.
fn within_tile(x: f64, y: f64) -> bool {
    let (low, high) = (2.0, UNITS - 2.0);
    if !(low..high).contains(&x) || !(low..high).contains(&y) {
        return false;
    }
    let (middle_x, middle_y) = (x.clamp(low + CORNER, high - CORNER), y.clamp(low + CORNER, high - CORNER));
    let square_corner = x < low + CORNER && y > high - CORNER;
    square_corner || (x - middle_x).hypot(y - middle_y) <= CORNER
}

/// A square picture of `paint`, which is asked in units.
fn png(side: u32, paint: impl Fn(f64, f64) -> Option<Colour>) -> Option<Vec<u8>> {
    let unit = UNITS / f64::from(side * FINE);
    let picture = RgbaImage::from_fn(side, side, |px, py| {
        let (mut sum, mut hits) = ([0_u32; 3], 0_u32);
        for step in 0..FINE * FINE {
            let (x, y) = (px * FINE + step % FINE, py * FINE + step / FINE);
            let Some(colour) = paint((f64::from(x) + 0.5) * unit, (f64::from(y) + 0.5) * unit) else {
                continue;
            };
            for (total, channel) in sum.iter_mut().zip(colour.channels()) {
                *total += u32::from(channel);
            }
            hits += 1;
        }
        let [r, g, b] = sum.map(|total| u8::try_from(total / hits.max(1)).unwrap_or(u8::MAX));
        Rgba([r, g, b, u8::try_from(hits * 255 / (FINE * FINE)).unwrap_or(u8::MAX)])
    });
    let mut bytes = Vec::new();
    DynamicImage::from(picture).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_wears_the_brand() {
        let red = Colour::rgb(0xb0, 0x10, 0x20);
        let ground = Palette::of(red, Mode::Light).get("accent-solid").unwrap();
        let square = image::load_from_memory(&Icon::Square(192).draw(red).unwrap()).unwrap().to_rgba8();
        assert_eq!((square.width(), square.height()), (192, 192));
        let at = |x: u32, y: u32| square.get_pixel(x, y).0;
        let [r, g, b] = ground.channels();
        assert_eq!(at(96, 30), [r, g, b, 255], "the tile");
        assert_eq!(at(62, 80), [255, 255, 255, 255], "a bar");
        assert_eq!(at(1, 1)[3], 0, "nothing around it");
        assert_eq!(at(14, 14)[3], 0, "a round corner");
        assert_eq!(at(14, 178)[3], 255, "the square corner");
        let mask = image::load_from_memory(&Icon::Maskable.draw(red).unwrap()).unwrap().to_rgba8();
        assert!(mask.pixels().all(|p| p.0[3] == 255), "nothing to see through");
        let svg = String::from_utf8(Icon::Svg.draw(red).unwrap()).unwrap();
        assert!(svg.contains(&ground.to_string()), "{svg}");
    }

    #[test]
    fn only_known_names_are_drawn() {
        assert_eq!(Icon::parse("icon-512.png"), Some(Icon::Square(512)));
        for name in ["icon-8000.png", "icon-0192.png", "icon-192", "maskable-192.png", ""] {
            assert_eq!(Icon::parse(name), None, "{name}");
        }
    }
}
