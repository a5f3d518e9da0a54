//! The machines: write queue, activity log, leases.

mod activity;
mod jobs;
mod writes;
