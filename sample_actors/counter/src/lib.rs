//! The smallest actor worth watching: a count, the counts before it, and an error of its own.

#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use packr_guest::{export, import, pack_types, GraphValue, Value};

packr_guest::setup_guest!();
pack_types!(file = "actor.types");

const HISTORY: usize = 5;

#[derive(GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Counter {
    count: i32,
    /// The counts before the present one, oldest first.
    history: Vec<i32>,
}

#[import(module = "theater:simple/runtime")]
fn log(message: String);

/// Starts at the number the initial state spells, at 0 without one.
#[export(name = "theater:simple/actor.init", state = "Value")]
fn init(state: Value) -> Result<(Counter, ()), String> {
    let count = match state {
        Value::String(text) => text
            .trim()
            .parse()
            .map_err(|_| format!("the initial state \"{text}\" is not a whole number"))?,
        _ => 0,
    };
    log(format!("counting from {count}"));
    Ok((Counter { count, history: Vec::new() }, ()))
}

/// Adds `by`, which may be negative but not 0, and answers the new count.
#[export(name = "sample:counter/counter.increment", state = "Counter")]
fn increment(state: Counter, by: i32) -> Result<(Counter, i32), String> {
    if by == 0 {
        return Err(String::from("increment by 0 changes nothing"));
    }
    let before = state.count;
    let Some(count) = before.checked_add(by) else {
        return Err(format!("{before} plus {by} does not fit into an s32"));
    };
    log(format!("{before} -> {count}"));
    Ok((moved(state, count), count))
}

#[export(name = "sample:counter/counter.get-count", state = "Counter")]
fn get_count(state: Counter) -> Result<(Counter, i32), String> {
    log(String::from("read counter"));
    let count = state.count;
    Ok((state, count))
}

#[export(name = "sample:counter/counter.reset", state = "Counter")]
fn reset(state: Counter) -> Result<(Counter, ()), String> {
    log(format!("reset at {}", state.count));
    Ok((Counter { count: 0, history: Vec::new() }, ()))
}

fn moved(state: Counter, count: i32) -> Counter {
    let mut history = state.history;
    if history.len() == HISTORY {
        history.remove(0);
    }
    history.push(state.count);
    Counter { count, history }
}
