//! A worker of a family: a request is a job, a number to be factored; it retires when it has done enough of them.

#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use packr_guest::{export, import, pack_types, GraphValue, Value};

packr_guest::setup_guest!();
pack_types!(file = "actor.types");

const RETIRES_AFTER: u32 = 5;

#[derive(GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Worker {
    name: String,
    done: u32,
}

#[import(module = "theater:simple/runtime")]
fn log(message: String);

#[import(module = "theater:simple/runtime")]
fn shutdown(data: Option<Vec<u8>>) -> Result<(), String>;

#[import(module = "theater:simple/message-server-host")]
fn register() -> Result<(), String>;

/// Takes its name from the initial state.
#[export(name = "theater:simple/actor.init", state = "Value")]
fn init(state: Value) -> Result<(Worker, ()), String> {
    let name = match state {
        Value::String(name) => name,
        _ => String::from("nobody"),
    };
    register()?;
    log(format!("{name} is here"));
    Ok((Worker { name, done: 0 }, ()))
}

/// Does a job, and answers the factors; no number is an error, which ends it.
#[export(name = "theater:simple/message-server-client.handle-request", state = "Worker")]
fn handle_request(state: Worker, request: String, data: Vec<u8>) -> Result<(Worker, (Option<Vec<u8>>,)), String> {
    let _ = request;
    let text = String::from_utf8(data).map_err(|_| String::from("a job is a text"))?;
    let number: u32 = text.parse().map_err(|_| format!("\"{text}\" is no number to factor"))?;
    let answer = factors(number);
    log(format!("{}: {answer}", state.name));
    Ok((Worker { done: state.done + 1, ..state }, (Some(answer.into_bytes()),)))
}

/// Is told that there is no job; one that has done enough leaves.
#[export(name = "theater:simple/message-server-client.handle-send", state = "Worker")]
fn handle_send(state: Worker, data: Vec<u8>) -> Result<(Worker, ()), String> {
    log(format!("{} hears: {}", state.name, String::from_utf8_lossy(&data)));
    if state.done >= RETIRES_AFTER {
        shutdown(Some(format!("{} did {} jobs", state.name, state.done).into_bytes()))?;
    }
    Ok((state, ()))
}

fn factors(number: u32) -> String {
    let (mut left, mut factor, mut found) = (number, 2, Vec::new());
    while left > 1 && factor * factor <= left {
        if left % factor == 0 {
            found.push(format!("{factor}"));
            left /= factor;
        } else {
            factor += 1;
        }
    }
    if left > 1 || found.is_empty() {
        found.push(format!("{left}"));
    }
    format!("{number} = {}", found.join(" x "))
}
