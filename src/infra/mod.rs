//! The machines of the house: databases, the activity log, clock, chance. They know nothing of forums.

pub mod activity;
pub mod clock;
pub mod db;
pub mod lock;
pub mod random;
