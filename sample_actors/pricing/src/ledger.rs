//! The audit: what the ledger holds is told, stored and let go of.

use crate::entry::{export, Arguments};
use crate::host::{log, store};
use crate::types::Pricing;
use alloc::format;
use alloc::string::String;
use packr_guest::Value;

export!("sample:pricing/pricing.audit", audit);

fn audit(pricing: &mut Pricing, arguments: &mut Arguments) -> Result<Value, String> {
    let from = arguments.next()?;
    settle(pricing, from).map(Value::from)
}

/// Audits the entries from a serial number on and answers how many these were.
fn settle(pricing: &mut Pricing, from: u32) -> Result<u32, String> {
    log(format!("audit from {from}"));
    let kept = pricing.ledger.iter().filter(|entry| entry.serial < from).count();
    let audited = pricing.ledger.split_off(kept);
    for entry in &audited {
        log(format!("entry {} of quote {}: {} {}", entry.serial, entry.quote, entry.step, entry.cents));
    }
    let count = audited.len();
    if cfg!(feature = "shorter") {
        return Ok(count as u32);
    }
    if cfg!(feature = "panic") {
        // No entry stands after the last one.
        log(format!("last: {}", audited[count].step));
    }
    store(audited)?;
    log(format!("{count} entries audited, {} left", pricing.ledger.len()));
    if cfg!(feature = "longer") {
        for step in ["ledger closed", "ledger signed", "ledger sent"] {
            log(String::from(step));
        }
    }
    Ok(count as u32)
}
