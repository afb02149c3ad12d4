//! An asynchronous module: each host call parks the export, which goes on once the host has answered.
//!
//! Such a module declares no types, and its exports have bare names; each takes one value and answers one.

#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use packr_guest::{async_export, async_import, Value, ValueType};

packr_guest::setup_async_guest!();

#[async_import(module = "theater:simple/runtime", name = "log")]
async fn log(input: Value) -> Value {}

#[async_import(module = "theater:simple/timer", name = "now")]
async fn now(input: Value) -> Value {}

/// Visits the places of a list of texts one after the other, and answers how many milliseconds each took.
#[async_export]
async fn deliver(places: Value) -> Value {
    let Value::List { items, .. } = places else {
        return failed("deliver takes a list<string>");
    };
    let mut taken = Vec::new();
    for place in items {
        let Value::String(place) = place else {
            return failed("a place is a string");
        };
        let begun = milliseconds(now(unit()).await);
        log(Value::String(format!("at {place}"))).await;
        taken.push(Value::U64(milliseconds(now(unit()).await) - begun));
    }
    Value::Result {
        ok_type: ValueType::List(alloc::boxed::Box::new(ValueType::U64)),
        err_type: ValueType::String,
        value: Ok(alloc::boxed::Box::new(Value::List { elem_type: ValueType::U64, items: taken })),
    }
}

/// Answers what it is given, without asking anybody.
#[async_export]
async fn echo(input: Value) -> Value {
    input
}

fn unit() -> Value {
    Value::Tuple(Vec::new())
}

fn milliseconds(answer: Value) -> u64 {
    match answer {
        Value::U64(milliseconds) => milliseconds,
        _ => 0,
    }
}

fn failed(why: &str) -> Value {
    Value::Result {
        ok_type: ValueType::List(alloc::boxed::Box::new(ValueType::U64)),
        err_type: ValueType::String,
        value: Err(alloc::boxed::Box::new(Value::String(String::from(why)))),
    }
}
