//! A pricing desk: rates, discounts, quotes, sales. Built as it should be, and once more for each fault of faults.toml.
//!
//! Each fault is a cargo feature, and stands where `cfg!` asks for it: what is built without features is correct.

#![no_std]

extern crate alloc;

mod entry;
mod failing;
mod forecast;
mod host;
mod ledger;
mod money;
mod quote;
mod record;
mod session;
mod types;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use entry::{answered, export, Arguments};
use host::log;
use packr_guest::{export as export_value, pack_types, Value};
use types::{Price, Pricing, Rule, Totals};

packr_guest::setup_guest!();

/// What a quote may come to without a signature, where one is asked for.
const LARGE: u64 = 5_000;

#[cfg(not(any(feature = "new-import", feature = "result-type")))]
pack_types!(file = "actor.types");
#[cfg(feature = "new-import")]
pack_types!(file = "variants/new-import.types");
#[cfg(feature = "result-type")]
pack_types!(file = "variants/result-type.types");

#[export_value(name = "theater:simple/actor.init")]
fn init(_input: Value) -> Value {
    let desk = host::own_id();
    log(format!("desk {desk} opens"));
    let pricing = Pricing { desk, next: 1, serial: 1, ..Pricing::default() };
    answered(pricing.into(), Value::Tuple(Vec::new()))
}

export!("sample:pricing/pricing.set-rate", set_rate);

fn set_rate(pricing: &mut Pricing, arguments: &mut Arguments) -> Result<Value, String> {
    let (sku, cents) = (arguments.next()?, arguments.next()?);
    keep_rate(pricing, sku, cents).map(Value::from)
}

/// Sets what a piece of an article costs and answers how many articles have a rate.
fn keep_rate(pricing: &mut Pricing, sku: String, cents: u64) -> Result<u32, String> {
    if cents == 0 {
        return Err(format!("a rate of 0 for {sku} is refused"));
    }
    let word = if cfg!(feature = "two-faults") { "price" } else { "rate" };
    log(format!("{word} of {sku}: {}", money::in_words(cents)));
    let cents = if cfg!(feature = "state-later") { cents / 10 * 10 } else { cents };
    match pricing.rates.iter_mut().find(|price| price.sku == sku) {
        Some(price) => price.cents = cents,
        None => pricing.rates.push(Price { sku, cents }),
    }
    Ok(pricing.rates.len() as u32)
}

export!("sample:pricing/pricing.add-discount", add_discount);

fn add_discount(pricing: &mut Pricing, arguments: &mut Arguments) -> Result<Value, String> {
    let rule = arguments.next()?;
    Ok(Value::from(keep_rule(pricing, rule)))
}

/// Adds a rule for discounts and answers its number.
fn keep_rule(pricing: &mut Pricing, rule: Rule) -> u32 {
    let number = pricing.rules.len() as u32 + 1;
    log(match &rule {
        Rule::Percent(percent) => format!("rule {number}: {percent} % off"),
        Rule::Bulk(bulk) => {
            format!("rule {number}: {} off {} from {}", money::in_words(bulk.cents), bulk.sku, bulk.from)
        }
        Rule::Voucher(cents) => format!("rule {number}: {} off", money::in_words(*cents)),
    });
    pricing.rules.push(rule);
    number
}

export!("sample:pricing/pricing.checkout", checkout);

fn checkout(pricing: &mut Pricing, arguments: &mut Arguments) -> Result<Value, String> {
    let id = arguments.next()?;
    sell(pricing, id).map(Value::from)
}

/// Sells a quote and answers how many were sold; each is sold once.
fn sell(pricing: &mut Pricing, id: u32) -> Result<u32, String> {
    let Some(given) = pricing.quotes.iter_mut().find(|given| given.id == id) else {
        if cfg!(feature = "other-message") {
            return Err(format!("quote {id} is unknown"));
        }
        return Err(format!("there is no quote {id}"));
    };
    if given.sold {
        if cfg!(feature = "success-for-error") {
            return Ok(pricing.totals.sold);
        }
        return Err(format!("quote {id} is sold already"));
    }
    let at = host::now();
    log(format!("quote {id} sold at {at}"));
    #[cfg(feature = "new-import")]
    host::convert(given.total);
    if cfg!(feature = "error-for-success") && given.total > LARGE {
        return Err(format!("quote {id} needs a signature"));
    }
    given.sold = true;
    pricing.totals.sold += 1;
    Ok(pricing.totals.sold)
}

export!("sample:pricing/pricing.totals", totals);

fn totals(pricing: &mut Pricing, _arguments: &mut Arguments) -> Result<Value, String> {
    Ok(Value::from(totals_of(pricing)))
}

fn totals_of(pricing: &Pricing) -> Totals {
    let mut totals = if cfg!(feature = "refactored") { recount(pricing) } else { pricing.totals.clone() };
    log(format!("{} quotes, {} sold", totals.quotes, totals.sold));
    if cfg!(any(feature = "other-result", feature = "two-faults")) {
        totals.gross -= totals.tax;
    }
    totals
}

/// The totals, with what can be counted from the quotes counted once more.
fn recount(pricing: &Pricing) -> Totals {
    let mut totals = Totals { quotes: 0, sold: 0, gross: 0, ..pricing.totals.clone() };
    for given in &pricing.quotes {
        totals.quotes += 1;
        totals.sold += u32::from(given.sold);
        totals.gross += given.total;
    }
    totals
}

export!("sample:pricing/pricing.average", average);

fn average(pricing: &mut Pricing, _arguments: &mut Arguments) -> Result<Value, String> {
    let average = average_of(&pricing.totals);
    if cfg!(feature = "result-type") {
        return Ok(Value::from(money::in_words(average)));
    }
    Ok(Value::from(average))
}

/// The average total of the quotes; traps while there is none.
fn average_of(totals: &Totals) -> u64 {
    log(format!("average of {} quotes", totals.quotes));
    if cfg!(feature = "other-trap") && totals.quotes == 0 {
        return failing::out_of_bounds();
    }
    failing::divide(totals.gross, u64::from(totals.quotes))
}
