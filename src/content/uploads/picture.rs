//! Pictures: read within limits, and written anew, so that nothing of the uploaded bytes is ever served.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{
    DynamicImage, GenericImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits, RgbaImage,
};

use super::error::Error;

/// Bytes of an upload at most.
pub const BYTES: usize = 2 * 1024 * 1024;
/// Pixels of a picture, and of one side, at most.
const PIXELS: u64 = 25_000_000;
const SIDE: u32 = 8_000;
/// Bytes that decoding may take.
const MEMORY: u64 = 256 * 1024 * 1024;
/// JPEG quality of what has no transparent parts.
const QUALITY: u8 = 85;

/// Sides of avatars in pixels: beside a post, and on a profile, each for screens of up to three pixels a point.
const AVATARS: [(&str, u32); 2] = [("small", 96), ("large", 288)];
/// Box that a logo fits in: the bar is 56 points high.
const LOGO: (u32, u32) = (640, 120);
/// Icons made of a logo.
const ICONS: [(&str, u32); 4] = [("icon-32", 32), ("icon-180", 180), ("icon-192", 192), ("icon-512", 512)];
/// A maskable icon keeps what matters within the middle eight tenths (W3C Web App Manifest).
const MASKABLE: (&str, u32, f64) = ("maskable-512", 512, 0.62);

/// A finished picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Which of an upload's pictures it is.
    pub variant: &'static str,
    /// `image/png` or `image/jpeg`.
    pub content_type: &'static str,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A square picture of a member in two sizes, cut from the middle.
pub fn avatar(bytes: &[u8]) -> Result<Vec<Made>, Error> {
    let picture = read(bytes)?;
    AVATARS
        .iter()
        .map(|(variant, side)| write(variant, &picture.resize_to_fill(*side, *side, FilterType::CatmullRom)))
        .collect()
}

/// A logo that fits the bar, and the icons that follow from it.
pub fn logo(bytes: &[u8]) -> Result<Vec<Made>, Error> {
    logo_of(&on_plate(read(bytes)?))
}

/// Icons by themselves, for a logo too wide to be seen in a tab.
pub fn icon(bytes: &[u8]) -> Result<Vec<Made>, Error> {
    icons_of(&read(bytes)?)
}

/// True for a logo as it is kept that one of the themes swallows: it is older than plates.
pub fn lacks_plate(logo: &[u8]) -> bool {
    read(logo).is_ok_and(|picture| wanted_plate(&picture).is_some())
}

/// A logo as it is kept and its largest icon, put on a plate.
pub fn with_plate(logo: &[u8], icon: &[u8]) -> Result<Vec<Made>, Error> {
    let (logo, icon) = (read(logo)?, read(icon)?);
    // The icon holds the logo in the middle of a square; of the two, the one that shows more of it is taken.
    let side = icon.width().min(icon.height());
    let fits = logo.resize(side, side, FilterType::Nearest);
    let (width, height) = (fits.width(), fits.height());
    let inner = icon.crop_imm((side - width.min(side)) / 2, (side - height.min(side)) / 2, width, height);
    logo_of(&on_plate(if inner.width() > logo.width() { inner } else { logo }))
}

fn logo_of(picture: &DynamicImage) -> Result<Vec<Made>, Error> {
    let (width, height) = LOGO;
    let fits = picture.width() <= width && picture.height() <= height;
    let shown = if fits { picture.clone() } else { picture.resize(width, height, FilterType::CatmullRom) };
    Ok([vec![write("logo", &shown)?], icons_of(picture)?].concat())
}

fn icons_of(picture: &DynamicImage) -> Result<Vec<Made>, Error> {
    let mut made = Vec::new();
    for (variant, side) in ICONS {
        made.push(write(variant, &square(picture, side, 1.0, [0; 4])?)?);
    }
    let (variant, side, share) = MASKABLE;
    made.push(write(variant, &square(picture, side, share, [255; 4])?)?);
    Ok(made)
}

/// What vanishes on a bar: as light as the light theme's, or as dark as the dark one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Faint {
    Light,
    Dark,
}

impl Faint {
    /// Of one pixel, by WCAG's contrast with white and with a dark bar. Two greys a step apart are told apart at 1.6.
    fn of(pixel: image::Rgba<u8>) -> Option<Self> {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b, _] = pixel.0;
        let light = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) + 0.05;
        match (1.05 / light < 1.6, light / 0.06 < 1.6) {
            (true, _) => Some(Self::Light),
            (_, true) => Some(Self::Dark),
            _ => None,
        }
    }

    /// The ground on which it shows, on both themes.
    fn plate(self) -> image::Rgba<u8> {
        match self {
            Self::Light => image::Rgba([38, 42, 46, 255]),
            Self::Dark => image::Rgba([255, 255, 255, 255]),
        }
    }
}

/// What of a logo cannot be seen on one of the themes, if enough is lost: a quarter of what is drawn on a transparent
/// ground, or all of a picture that brings its own ground.
fn faint(picture: &RgbaImage) -> Option<Faint> {
    let (mut light, mut dark, mut all) = (0_u64, 0_u64, 0_u64);
    let mut bare = false;
    for pixel in picture.pixels() {
        if pixel.0[3] < 128 {
            bare = true;
            continue;
        }
        all += 1;
        match Faint::of(*pixel) {
            Some(Faint::Light) => light += 1,
            Some(Faint::Dark) => dark += 1,
            None => {}
        }
    }
    let lost = |part: u64| if bare { part * 4 >= all } else { part * 50 >= all * 49 };
    // Light on dark and dark on light show one another.
    match (all > 0 && lost(light), all > 0 && lost(dark)) {
        (true, false) => Some(Faint::Light),
        (false, true) => Some(Faint::Dark),
        _ => None,
    }
}

/// True for a picture that stands on a plate already: round at its corners, one ground along its sides.
fn is_plated(picture: &DynamicImage) -> bool {
    let (right, low) = (picture.width().saturating_sub(1), picture.height().saturating_sub(1));
    let sides = [(right / 2, 0), (right / 2, low), (0, low / 2), (right, low / 2)]
        .map(|(x, y)| picture.get_pixel(x, y));
    let corners = [(0, 0), (right, 0), (0, low), (right, low)].map(|(x, y)| picture.get_pixel(x, y));
    let near = |a: image::Rgba<u8>, b: image::Rgba<u8>| a.0.iter().zip(b.0).all(|(a, b)| a.abs_diff(b) <= 6);
    corners.iter().all(|pixel| pixel.0[3] < 128)
        && [Faint::Light, Faint::Dark].iter().any(|f| sides.iter().all(|pixel| near(*pixel, f.plate())))
}

/// What a picture needs a plate for.
fn wanted_plate(picture: &DynamicImage) -> Option<Faint> {
    faint(&picture.thumbnail(160, 160).to_rgba8()).filter(|_| !is_plated(picture))
}

/// The picture on a plate with round corners, where without it nothing would be seen on one of the themes. It is part
/// of the picture, so that it is there wherever the logo and its icons are.
fn on_plate(picture: DynamicImage) -> DynamicImage {
    let Some(faint) = wanted_plate(&picture) else { return picture };
    let (width, height) = (picture.width(), picture.height());
    let edge = (height / 6).max(2);
    let mut plate = RgbaImage::from_pixel(width + 2 * edge, height + 2 * edge, faint.plate());
    image::imageops::overlay(&mut plate, &picture, edge.into(), edge.into());
    let (w, h) = plate.dimensions();
    for (x, y, pixel) in plate.enumerate_pixels_mut() {
        // How far into the corner, measured from the middle of its arc.
        let into = |at: u32, side: u32| f64::from(edge.saturating_sub(at.min(side - 1 - at)));
        let beyond = into(x, w).hypot(into(y, h)) - f64::from(edge);
        if beyond > 0.0 {
            pixel.0[3] = if beyond < 1.0 { 128 } else { 0 };
        }
    }
    plate.into()
}

/// The picture in the middle of a square of `side` pixels, filling at most `share` of it.
fn square(picture: &DynamicImage, side: u32, share: f64, ground: [u8; 4]) -> Result<DynamicImage, Error> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a small number")]
    let within = (f64::from(side) * share) as u32;
    let small = picture.resize(within, within, FilterType::CatmullRom).to_rgba8();
    let mut canvas = RgbaImage::from_pixel(side, side, image::Rgba(ground));
    let (x, y) = ((side - small.width().min(side)) / 2, (side - small.height().min(side)) / 2);
    if ground == [0; 4] {
        canvas.copy_from(&small, x, y).map_err(|_| Error::Unreadable)?;
    } else {
        image::imageops::overlay(&mut canvas, &small, x.into(), y.into());
    }
    Ok(canvas.into())
}

fn read(bytes: &[u8]) -> Result<DynamicImage, Error> {
    if bytes.len() > BYTES {
        return Err(Error::large());
    }
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Error::Unreadable)?;
    if !matches!(
        reader.format(),
        Some(ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP | ImageFormat::Gif)
    ) {
        return Err(Error::Format);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|e| refused(&e))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS || width.max(height) > SIDE {
        return Err(Error::TooManyPixels);
    }
    let turned = decoder.orientation().map_err(|e| refused(&e))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|e| refused(&e))?;
    picture.apply_orientation(turned);
    Ok(picture)
}

fn refused(error: &image::ImageError) -> Error {
    match error {
        image::ImageError::Limits(_) => Error::TooManyPixels,
        image::ImageError::Unsupported(_) => Error::Format,
        _ => Error::Unreadable,
    }
}

/// PNG where something is transparent, JPEG otherwise.
fn write(variant: &'static str, picture: &DynamicImage) -> Result<Made, Error> {
    let rgba = picture.to_rgba8();
    let (width, height) = rgba.dimensions();
    let mut bytes = Vec::new();
    let content_type = if rgba.pixels().any(|pixel| pixel.0.last().is_some_and(|alpha| *alpha < 255)) {
        rgba.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).map_err(|_| Error::Unreadable)?;
        "image/png"
    } else {
        let rgb = DynamicImage::from(rgba).to_rgb8();
        JpegEncoder::new_with_quality(&mut bytes, QUALITY)
            .encode_image(&rgb)
            .map_err(|_| Error::Unreadable)?;
        "image/jpeg"
    };
    Ok(Made { variant, content_type, width, height, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, pixel: [u8; 4]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture = RgbaImage::from_pixel(width, height, image::Rgba(pixel));
        picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    }

    #[test]
    fn an_avatar_is_a_square_in_two_sizes_and_a_file_of_our_own() {
        let made = avatar(&png(300, 200, [200, 10, 10, 255])).unwrap();
        let shapes: Vec<_> = made.iter().map(|m| (m.variant, m.width, m.height, m.content_type)).collect();
        assert_eq!(shapes, [("small", 96, 96, "image/jpeg"), ("large", 288, 288, "image/jpeg")]);
        assert!(made.iter().all(|m| image::load_from_memory(&m.bytes).is_ok()));
    }

    #[test]
    fn a_logo_keeps_its_shape_and_what_is_transparent() {
        let made = logo(&png(1_300, 120, [0, 80, 80, 120])).unwrap();
        let wide = made.first().unwrap();
        assert_eq!(
            (wide.variant, wide.width, wide.height, wide.content_type),
            ("logo", 640, 59, "image/png")
        );
        assert_eq!(made.len(), 6);
        let mask = made.iter().find(|m| m.variant == "maskable-512").unwrap();
        assert_eq!((mask.width, mask.height, mask.content_type), (512, 512, "image/jpeg"));
    }

    #[test]
    fn a_logo_that_a_theme_would_swallow_stands_on_a_plate() {
        let drawn = |ink: [u8; 4], ground: [u8; 4]| {
            let picture = RgbaImage::from_fn(60, 30, |x, _| image::Rgba(if x < 40 { ink } else { ground }));
            let made = on_plate(picture.into()).to_rgba8();
            (made.width() > 60).then(|| made.get_pixel(35, 2).0)
        };
        let (white, black, teal, none) = ([255; 4], [0, 0, 0, 255], [47, 111, 107, 255], [0; 4]);
        assert_eq!(drawn(white, none), Some(Faint::Light.plate().0));
        assert_eq!(drawn(black, none), Some([255; 4]));
        assert_eq!(drawn(white, white), Some(Faint::Light.plate().0), "a ground of its own that nobody sees");
        for seen in [drawn(teal, none), drawn(teal, white), drawn(white, black), drawn(black, white)] {
            assert_eq!(seen, None);
        }
        let corner = on_plate(read(&png(40, 40, white)).unwrap()).to_rgba8().get_pixel(0, 0).0;
        assert_eq!(corner[3], 0, "round");
    }

    #[test]
    fn a_logo_that_was_kept_without_a_plate_gets_one_and_no_second() {
        let ink =
            RgbaImage::from_fn(200, 200, |x, _| image::Rgba(if x < 90 { [255; 4] } else { [0; 4] })).into();
        let old = logo_of(&ink).unwrap();
        let of = |made: &[Made], name: &str| made.iter().find(|m| m.variant == name).unwrap().bytes.clone();
        assert!(lacks_plate(&of(&old, "logo")));
        let new = with_plate(&of(&old, "logo"), &of(&old, "icon-512")).unwrap();
        assert!(!lacks_plate(&of(&new, "logo")));
        assert_eq!(
            on_plate(read(&of(&new, "logo")).unwrap()).dimensions(),
            read(&of(&new, "logo")).unwrap().dimensions()
        );
        let icon = read(&of(&new, "icon-512")).unwrap().to_rgba8();
        assert_eq!((icon.get_pixel(256, 2).0, icon.get_pixel(0, 0).0[3]), (Faint::Light.plate().0, 0));
    }

    #[test]
    fn what_is_no_picture_or_too_much_of_one_is_refused() {
        assert!(matches!(avatar(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), Err(Error::Format)));
        assert!(matches!(avatar(b"GIF89a"), Err(Error::Unreadable)));
        assert!(matches!(avatar(b""), Err(Error::Format)));
        let mut cut = png(200, 200, [1, 2, 3, 255]);
        cut.truncate(60);
        assert!(matches!(avatar(&cut), Err(Error::Unreadable)));
        assert!(matches!(avatar(&vec![0; BYTES + 1]), Err(Error::TooLarge { .. })));
    }

    #[test]
    fn a_small_file_that_claims_to_be_huge_costs_nothing() {
        // A PNG header of 30,000 by 30,000 pixels with a valid checksum.
        let mut claims = png(10, 10, [0, 0, 0, 255]);
        claims.splice(16..24, [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
        let sum = crc32(&claims[12..29]).to_be_bytes();
        claims.splice(29..33, sum);
        assert!(matches!(avatar(&claims), Err(Error::TooManyPixels)));
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |sum, byte| {
            (0..8)
                .fold(sum ^ u32::from(*byte), |s, _| if s & 1 == 1 { (s >> 1) ^ 0xEDB8_8320 } else { s >> 1 })
        })
    }

    #[test]
    fn where_a_picture_was_taken_is_not_kept() {
        let rgb = DynamicImage::from(RgbaImage::from_pixel(120, 120, image::Rgba([9, 9, 9, 255]))).to_rgb8();
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, 90).encode_image(&rgb).unwrap();
        let note = b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0SECRET PLACE";
        let length = u16::try_from(note.len() + 2).unwrap().to_be_bytes();
        jpeg.splice(2..2, [0xFF, 0xE1, length[0], length[1]].into_iter().chain(note.iter().copied()));
        let made = avatar(&jpeg).unwrap();
        assert!(made.iter().all(|m| !m.bytes.windows(6).any(|w| w == b"SECRET")));
    }
}
