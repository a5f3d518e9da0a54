//! Communities in and out.
