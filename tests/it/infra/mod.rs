//! The machines: write queue, activity log, leases.

mod activity;
mod writes;
