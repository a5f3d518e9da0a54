//! Which encoding a reader takes, and the two we make.

use std::io::Write;

use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Shorter bodies are sent as they are.
pub const SHORTEST: usize = 1_024;

/// How a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Identity,
    /// gzip.
    Gzip,
    /// brotli.
    Brotli,
}

/// How hard to try: pages that are kept are worth more than those that are sent once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Sent once.
    Once,
    /// Sent many times.
    Kept,
    /// Made once for the life of the process.
    Forever,
}

impl Encoding {
    /// The one to use for `Accept-Encoding`: brotli before gzip where both are as welcome.
    pub fn negotiate(accept: Option<&str>) -> Self {
        let mut best = (Self::Identity, 0.0_f32);
        for part in accept.unwrap_or_default().split(',') {
            let mut fields = part.split(';').map(str::trim);
            let name = fields.next().unwrap_or_default();
            let weight =
                fields.find_map(|f| f.strip_prefix("q=")).map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
            let this = match name {
                "br" => Self::Brotli,
                "gzip" | "x-gzip" => Self::Gzip,
                _ => continue,
            };
            if weight > best.1 || (weight > 0.0 && weight >= best.1 && this == Self::Brotli) {
                best = (this, weight);
            }
        }
        best.0
    }

    /// The value of `Content-Encoding`.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }

    /// What an entity tag of this encoding ends in, so that each encoding has its own.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Gzip => "-gz",
            Self::Brotli => "-br",
        }
    }
}

/// `body` in `encoding`; as it is when compressing fails, which writing into memory does not.
pub fn encode(body: &Bytes, encoding: Encoding, effort: Effort) -> Bytes {
    let done = match encoding {
        Encoding::Identity => return body.clone(),
        Encoding::Gzip => gzip(body, effort),
        Encoding::Brotli => brotli(body, effort),
    };
    done.map_or_else(|_| body.clone(), Bytes::from)
}

fn gzip(body: &[u8], effort: Effort) -> std::io::Result<Vec<u8>> {
    let level = match effort {
        Effort::Once => 3,
        Effort::Kept => 6,
        Effort::Forever => 9,
    };
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), Compression::new(level));
    encoder.write_all(body)?;
    encoder.finish()
}

fn brotli(body: &[u8], effort: Effort) -> std::io::Result<Vec<u8>> {
    let quality = match effort {
        Effort::Once => 2,
        Effort::Kept => 5,
        Effort::Forever => 11,
    };
    let mut out = Vec::with_capacity(body.len() / 3);
    {
        let mut writer = brotli::CompressorWriter::new(&mut out, 16 * 1024, quality, 20);
        writer.write_all(body)?;
        writer.flush()?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_welcome_encoding_is_chosen() {
        let of = |accept| Encoding::negotiate(Some(accept));
        assert_eq!(Encoding::negotiate(None), Encoding::Identity);
        assert_eq!(of("gzip, deflate, br, zstd"), Encoding::Brotli);
        assert_eq!(of("gzip, deflate"), Encoding::Gzip);
        assert_eq!(of("br;q=0.5, gzip;q=0.8"), Encoding::Gzip);
        assert_eq!(of("gzip;q=0, br;q=0"), Encoding::Identity);
        assert_eq!(of("identity"), Encoding::Identity);
    }

    #[test]
    fn both_encodings_can_be_read_back() {
        use std::io::Read;
        let body = Bytes::from("a line of a page\n".repeat(500));
        for effort in [Effort::Once, Effort::Kept, Effort::Forever] {
            let (mut gz, mut br) = (Vec::new(), Vec::new());
            let packed = encode(&body, Encoding::Gzip, effort);
            flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut gz).unwrap();
            let packed = encode(&body, Encoding::Brotli, effort);
            assert!(packed.len() < body.len() / 10);
            brotli::Decompressor::new(&packed[..], 4096).read_to_end(&mut br).unwrap();
            assert_eq!((&gz[..], &br[..]), (&body[..], &body[..]));
        }
    }
}
