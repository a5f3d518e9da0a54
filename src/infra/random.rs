//! Chance is injected: the operating system's generator in service, a seeded one for the demo and tests.

use std::sync::{Arc, Mutex};

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A source of random bytes.
#[derive(Clone)]
pub struct Random(Arc<Mutex<StdRng>>);

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random")
    }
}

impl Random {
    /// Cryptographically strong, seeded by the operating system.
    pub fn system() -> Self {
        Self(Arc::new(Mutex::new(rand::make_rng())))
    }

    /// Repeats itself for the same `seed`. Never for secrets.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).fill_bytes(&mut out);
        out
    }

    /// A secret of 256 bits, URL-safe.
    pub fn secret(&self) -> String {
        BASE64URL_NOPAD.encode(&self.bytes::<32>())
    }

    /// A public identifier of 80 bits, lower case, not guessable.
    pub fn public_id(&self) -> String {
        BASE32_NOPAD.encode(&self.bytes::<10>()).to_ascii_lowercase()
    }

    /// A number below `bound` (0 when `bound` is 0).
    pub fn below(&self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { u64::from_le_bytes(self.bytes()) % bound }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_the_system_does_not() {
        assert_eq!(Random::seeded(7).secret(), Random::seeded(7).secret());
        assert_ne!(Random::system().secret(), Random::system().secret());
        assert_eq!(Random::system().public_id().len(), 16);
    }
}
