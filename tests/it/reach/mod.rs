//! The wing that carries content outward.

mod vocabulary;
