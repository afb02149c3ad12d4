//! What the pricing desk imports. Hosts provide the runtime and the timer; rates and audit trail are left to `--stub`.

use crate::types::{Entry, Rate, Request};
use alloc::string::String;
use alloc::vec::Vec;
use packr_guest::import;

#[import(module = "theater:simple/runtime")]
pub fn log(message: String);

#[import(module = "theater:simple/runtime", name = "self")]
pub fn own_id() -> String;

#[import(module = "theater:simple/timer", name = "set-interval")]
pub fn set_interval(name: String, interval: u64) -> Result<String, String>;

#[import(module = "theater:simple/timer", name = "clear-interval")]
pub fn clear_interval(name: String) -> Result<(), String>;

#[import(module = "theater:simple/timer")]
pub fn now() -> u64;

#[import(module = "sample:pricing/rates")]
pub fn lookup(request: Request) -> Rate;

#[import(module = "sample:pricing/audit-trail")]
pub fn store(entries: Vec<Entry>) -> Result<u64, String>;

#[cfg(feature = "new-import")]
#[import(module = "sample:pricing/currency")]
pub fn convert(cents: u64) -> u64;
