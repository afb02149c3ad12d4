//! An actor of the newest kind: its state lives in the module, and `get-state` shows it to whoever asks.

#![no_std]

extern crate alloc;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use packr_guest::{export, import, pack_types, GraphValue, Value};
use theater_guest::State;

packr_guest::setup_guest!();
pack_types!(file = "actor.types");

#[derive(Clone, GraphValue, State)]
#[graph(crate = "packr_guest::composite_abi")]
struct Larder {
    stock: BTreeMap<String, u32>,
    /// What was asked for and not there, or used up.
    wanted: BTreeSet<String>,
    /// How often something was taken.
    days: u32,
}

#[import(module = "theater:simple/self")]
fn log(message: String);

/// Starts with what the configuration names, such as `tea 2, rice 5`; empty without one.
#[export(name = "theater:simple/actor.init")]
fn init(config: Value) -> Result<(), String> {
    let mut stock = BTreeMap::new();
    if let Value::String(text) = config {
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (item, count) = part.rsplit_once(' ').ok_or(format!("\"{part}\" is no item with a count"))?;
            let count = count.parse().map_err(|_| format!("\"{count}\" is no count"))?;
            stock.insert(String::from(item.trim()), count);
        }
    }
    log(format!("{} kinds in the larder", stock.len()));
    Larder::set(Larder { stock, wanted: BTreeSet::new(), days: 0 });
    Ok(())
}

/// Puts something in, and answers how much of it there is.
#[export(name = "sample:larder/larder.put")]
fn put(item: String, count: u32) -> Result<u32, String> {
    if count == 0 {
        return Err(format!("0 of {item} change nothing"));
    }
    let there = Larder::with_mut(|larder| {
        larder.wanted.remove(&item);
        let there = larder.stock.entry(item.clone()).or_insert(0);
        *there += count;
        *there
    });
    log(format!("{item}: {there}"));
    Ok(there)
}

/// Takes something out, and answers how much is left.
#[export(name = "sample:larder/larder.take")]
fn take(item: String, count: u32) -> Result<u32, String> {
    let there = Larder::with(|larder| larder.stock.get(&item).copied().unwrap_or(0));
    if there < count {
        Larder::with_mut(|larder| larder.wanted.insert(item.clone()));
        return Err(format!("{count} of {item} wanted, {there} there"));
    }
    let left = there - count;
    Larder::with_mut(|larder| {
        larder.days += 1;
        if left == 0 {
            larder.stock.remove(&item);
            larder.wanted.insert(item.clone());
        } else {
            larder.stock.insert(item.clone(), left);
        }
    });
    log(format!("{item}: {left} left"));
    Ok(left)
}

#[export(name = "sample:larder/larder.stock")]
fn stock() -> BTreeMap<String, u32> {
    Larder::with(|larder| larder.stock.clone())
}

#[export(name = "sample:larder/larder.wanted")]
fn wanted() -> BTreeSet<String> {
    Larder::with(|larder| larder.wanted.clone())
}
