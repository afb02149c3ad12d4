//! The load generator: one call of `chat` makes as many host calls as it is asked to.

#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use packr_guest::{export, import, pack_types, GraphValue, Value};

packr_guest::setup_guest!();
pack_types!(file = "actor.types");

const LARGEST: u32 = 8 << 20;
const FILLING: &str = "0123456789abcdefghijklmnopqrstuvwxyz ";
const DIGITS: usize = 8;

#[derive(GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Chatter {
    calls: u64,
    bytes: u64,
}

#[import(module = "theater:simple/runtime")]
fn log(message: &str);

#[export(name = "theater:simple/actor.init", state = "Value")]
fn init(_state: Value) -> Result<(Chatter, ()), String> {
    Ok((Chatter { calls: 0, bytes: 0 }, ()))
}

/// Logs `n` messages of `size` bytes, each beginning with its number where that fits, and answers all calls so far.
#[export(name = "sample:chatter/chatter.chat", state = "Chatter")]
fn chat(state: Chatter, n: u32, size: u32) -> Result<(Chatter, u64), String> {
    if size > LARGEST {
        return Err(format!("a message of {size} bytes is too large, {LARGEST} is the most"));
    }
    let size = size as usize;
    let mut message: String = FILLING.chars().cycle().take(size).collect();
    for number in 1..=n {
        if size >= DIGITS {
            message.replace_range(..DIGITS, &format!("{number:0DIGITS$}")[..DIGITS]);
        }
        log(&message);
    }
    let chatter = Chatter {
        calls: state.calls.saturating_add(u64::from(n)),
        bytes: state.bytes.saturating_add(u64::from(n) * size as u64),
    };
    let calls = chatter.calls;
    Ok((chatter, calls))
}
