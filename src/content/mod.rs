//! What members write and how it is kept.
