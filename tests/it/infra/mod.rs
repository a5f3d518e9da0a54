//! The machines: write queue, activity log, leases, memory.

mod activity;
mod jobs;
mod lists;
mod memory;
mod writes;
