//! What an article will cost: one line of the log for each week.

use crate::entry::{export, Arguments};
use crate::failing;
use crate::host::log;
use crate::money;
use crate::quote::price_of;
use crate::types::Pricing;
use alloc::format;
use alloc::string::String;
use packr_guest::Value;

export!("sample:pricing/pricing.forecast", forecast);

fn forecast(pricing: &mut Pricing, arguments: &mut Arguments) -> Result<Value, String> {
    let (sku, weeks) = (arguments.next()?, arguments.next()?);
    rising(pricing, sku, weeks).map(Value::from)
}

/// Three per cent more each week; answers the price of the last one.
fn rising(pricing: &Pricing, sku: String, weeks: u32) -> Result<u64, String> {
    let mut cents = price_of(pricing, &sku)?;
    let told = if cfg!(feature = "loop-more") {
        weeks + 2
    } else if cfg!(feature = "loop-fewer") {
        weeks - weeks / 10
    } else {
        weeks
    };
    for week in 1..=weeks.max(told) {
        if week <= weeks {
            cents += money::percent(cents, 3);
        }
        if cfg!(feature = "endless-loop") && week > 50 {
            failing::endless();
        }
        if week <= told {
            log(format!("week {week}: {sku} at {}", money::in_words(cents)));
        }
    }
    Ok(cents)
}
