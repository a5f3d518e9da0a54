//! The machines of the house: databases, the activity log, clock, chance. They know nothing of forums.

pub mod activity;
pub mod clock;
pub mod db;
pub mod disk;
pub mod house;
pub mod i18n;
pub mod jobs;
pub mod lock;
pub mod priority;
pub mod random;
pub mod telemetry;
