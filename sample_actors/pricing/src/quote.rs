//! Quotes: the price of a basket, line by line, with its discount and its tax.

use crate::entry::{export, Arguments};
use crate::failing;
use crate::host::{self, log};
use crate::money::{in_words, percent};
use crate::types::{Basket, Entry, Given, Line, Pricing, Quote, Request, Rule};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};
use packr_guest::Value;

/// How long a quote holds, in milliseconds.
const VALIDITY: u64 = 900_000;
/// The tax of the first quote of this instance: what the fault `hidden-state` keeps outside of the state.
static FIRST_TAX: AtomicU64 = AtomicU64::new(0);

struct Priced<'basket> {
    line: &'basket Line,
    cents: u64,
    tax: u32,
    source: String,
}

export!("sample:pricing/pricing.quote", quote);

fn quote(pricing: &mut Pricing, arguments: &mut Arguments) -> Result<Value, String> {
    let basket = arguments.next()?;
    make(pricing, basket).map(Value::from)
}

/// Prices a basket; an article without a rate is an error, and then nothing is kept.
fn make(pricing: &mut Pricing, basket: Basket) -> Result<Quote, String> {
    if cfg!(feature = "extra-start") {
        log(String::from("a customer asks"));
    }
    let at = host::now();
    let id = pricing.next;
    let opening = opening(id, &basket);
    if !cfg!(feature = "moved-call") {
        log(opening.clone());
    }
    let mut priced = Vec::new();
    for line in &basket.lines {
        priced.push(price_line(pricing, &basket.region, line)?);
    }
    if cfg!(feature = "moved-call") {
        log(opening);
    }
    if cfg!(feature = "extra-middle") {
        log(format!("{} lines priced", priced.len()));
    }
    let net: u64 = priced.iter().map(|line| line.cents).sum();
    let discount = discount_of(&pricing.rules, &priced, net);
    let tax = tax_of(net - discount, &basket.region, &priced);
    let total = net - discount + tax;
    tell_sums(id, net, discount, tax);
    let mut entries = entries_of(pricing, id, &priced, [net, discount, tax]);
    let until = at + VALIDITY;
    let closing = format!("quote {id}: {} until {until}", in_words(total));
    if cfg!(feature = "swapped-calls") {
        log(closing);
        host::store(entries.clone())?;
    } else {
        host::store(entries.clone())?;
        log(closing);
    }
    if cfg!(feature = "extra-end") {
        log(String::from("next customer"));
    }
    if cfg!(feature = "extra-now") {
        host::now();
    }
    if cfg!(feature = "other-function") {
        host::own_id();
    }
    pricing.next += if cfg!(feature = "carried-id") { 2 } else { 1 };
    pricing.serial += entries.len() as u32;
    pricing.ledger.append(&mut entries);
    pricing.totals.quotes += 1;
    pricing.totals.net += net;
    pricing.totals.discount += discount;
    pricing.totals.tax += tax;
    pricing.totals.gross += total;
    let customer = if cfg!(feature = "state-only") {
        basket.customer.to_ascii_uppercase()
    } else {
        basket.customer.clone()
    };
    pricing.quotes.push(Given { id, customer, total, sold: false });
    Ok(Quote { id, net, discount, tax, total, until })
}

fn opening(id: u32, basket: &Basket) -> String {
    let word = if cfg!(feature = "changed-argument") { "offer" } else { "quote" };
    format!("{word} {id} for {}: {} lines", basket.customer, basket.lines.len())
}

/// The rate of an article, without what a region adds.
pub fn price_of(pricing: &Pricing, sku: &str) -> Result<u64, String> {
    let price = if cfg!(feature = "refactored") {
        pricing.rates.iter().filter(|price| price.sku == sku).last()
    } else {
        pricing.rates.iter().find(|price| price.sku == sku)
    };
    match price {
        Some(price) => Ok(price.cents),
        None => Err(format!("there is no rate for {sku}")),
    }
}

fn price_line<'basket>(
    pricing: &Pricing,
    region: &str,
    line: &'basket Line,
) -> Result<Priced<'basket>, String> {
    let Line { sku, quantity } = line;
    let region =
        if cfg!(feature = "changed-field") { region.to_ascii_uppercase() } else { region.to_string() };
    let rate = host::lookup(Request { sku: sku.clone(), region, quantity: *quantity });
    let cents = (price_of(pricing, sku)? + rate.price) * u64::from(*quantity);
    let equals = if cfg!(feature = "white-space") { " =  " } else { " = " };
    log(format!("{sku} x{quantity}{equals}{}", in_words(cents)));
    let source = if cfg!(feature = "other-field") { format!("{}", rate.tax) } else { rate.source };
    Ok(Priced { line, cents, tax: rate.tax, source })
}

/// What all rules together take off, at most the whole.
fn discount_of(rules: &[Rule], priced: &[Priced], net: u64) -> u64 {
    let mut discount = 0;
    for rule in rules {
        discount += match rule {
            Rule::Percent(share) => percent(net, u64::from(*share)),
            Rule::Voucher(cents) => *cents,
            Rule::Bulk(bulk) => priced
                .iter()
                .map(|each| each.line)
                .filter(|line| line.sku == bulk.sku && line.quantity >= bulk.from)
                .map(|line| {
                    if cfg!(feature = "trap") {
                        failing::unreachable();
                    }
                    bulk.cents * u64::from(line.quantity)
                })
                .sum(),
        };
    }
    discount.min(net)
}

fn tax_of(cents: u64, region: &str, priced: &[Priced]) -> u64 {
    let usual = match region {
        "at" => 20,
        "de" => 19,
        "ch" => 8,
        _ => 0,
    };
    let added = priced.iter().map(|line| u64::from(line.tax)).max().unwrap_or(0);
    let mut share = usual + added;
    if cfg!(feature = "hidden-state") {
        // Kept at the first quote, whatever region comes next.
        let kept = FIRST_TAX.compare_exchange(0, share, Ordering::Relaxed, Ordering::Relaxed);
        share = kept.err().unwrap_or(share);
    }
    percent(cents, share)
}

fn tell_sums(id: u32, net: u64, discount: u64, tax: u64) {
    let text = if cfg!(feature = "key-order") {
        format!("{{\"quote\":{id},\"tax\":{tax},\"net\":{net},\"discount\":{discount}}}")
    } else {
        format!("{{\"quote\":{id},\"net\":{net},\"discount\":{discount},\"tax\":{tax}}}")
    };
    if cfg!(feature = "replaced-call") {
        let _ = host::store(Vec::new());
    } else if !cfg!(feature = "missing-call") {
        log(text);
    }
}

fn entries_of(pricing: &Pricing, quote: u32, priced: &[Priced], sums: [u64; 3]) -> Vec<Entry> {
    let second = if cfg!(feature = "changed-element") { "rebate" } else { "discount" };
    let source = priced.first().map(|line| line.source.clone()).unwrap_or_default();
    let mut entries = Vec::new();
    for (serial, (step, cents)) in (pricing.serial..).zip(["net", second, "tax"].into_iter().zip(sums)) {
        entries.push(Entry { serial, quote, step: String::from(step), cents, source: source.clone() });
    }
    entries
}
