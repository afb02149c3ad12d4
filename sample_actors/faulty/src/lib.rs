//! One export for each way in which an actor can fail, and `fine`, which shows that it goes on afterwards.
//!
//! Each failing export logs first, so that a chain shows how far it came.

#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::arch::wasm32;
use core::hint::black_box;
use core::num::NonZeroU32;
use packr_guest::{export, import, pack_types, GraphValue, Value};

packr_guest::setup_guest!();
pack_types!(file = "actor.types");

const BLOCK: usize = 1 << 20;

#[derive(GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Faulty {
    /// How often `fine` was called.
    fine: u32,
}

#[import(module = "theater:simple/runtime")]
fn log(message: &str);

#[export(name = "theater:simple/actor.init", state = "Value")]
fn init(_state: Value) -> Result<(Faulty, ()), String> {
    Ok((Faulty { fine: 0 }, ()))
}

#[export(name = "sample:faulty/faulty.fine", state = "Faulty")]
fn fine(state: Faulty) -> Result<(Faulty, u32), String> {
    let fine = state.fine + 1;
    log(&format!("fine, {fine} times now"));
    Ok((Faulty { fine }, fine))
}

#[export(name = "sample:faulty/faulty.returned-error", state = "Faulty")]
fn returned_error(_state: Faulty) -> Result<(Faulty, ()), String> {
    log("about to return an error");
    Err(String::from("this error was returned on purpose"))
}

#[export(name = "sample:faulty/faulty.trap", state = "Faulty")]
fn trap(_state: Faulty) -> Result<(Faulty, ()), String> {
    log("about to execute unreachable");
    wasm32::unreachable()
}

#[export(name = "sample:faulty/faulty.divide-by-zero", state = "Faulty")]
fn divide_by_zero(state: Faulty) -> Result<(Faulty, u32), String> {
    log("about to divide by zero");
    // Dividing by a NonZeroU32 is the division for which Rust adds no check of its own. That it is
    // zero all the same is hidden from the optimizer, which leaves the bare instruction.
    let zero = unsafe { NonZeroU32::new_unchecked(black_box(0)) };
    Ok((state, black_box(42u32) / zero))
}

#[export(name = "sample:faulty/faulty.out-of-bounds", state = "Faulty")]
fn out_of_bounds(state: Faulty) -> Result<(Faulty, u32), String> {
    log("about to read past the memory");
    let last = black_box(0xffff_fff0u32) as *const u32;
    Ok((state, unsafe { last.read_volatile() }))
}

#[export(name = "sample:faulty/faulty.stack-overflow", state = "Faulty")]
fn stack_overflow(state: Faulty) -> Result<(Faulty, u32), String> {
    log("about to recurse for ever");
    Ok((state, descend(0, black_box(u32::MAX))))
}

/// Uses the answer of the deeper call, so that it can't become a loop.
#[inline(never)]
fn descend(depth: u32, bottom: u32) -> u32 {
    if depth == bottom {
        return depth;
    }
    descend(depth + 1, bottom).rotate_left(depth) ^ depth
}

#[export(name = "sample:faulty/faulty.endless-loop", state = "Faulty")]
fn endless_loop(_state: Faulty) -> Result<(Faulty, ()), String> {
    log("about to loop for ever");
    #[allow(clippy::empty_loop)]
    loop {}
}

/// Once memory can't grow any more this is a panic, and so an endless loop.
#[export(name = "sample:faulty/faulty.unbounded-memory", state = "Faulty")]
fn unbounded_memory(_state: Faulty) -> Result<(Faulty, ()), String> {
    log("about to allocate for ever");
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    loop {
        let mut block = Vec::with_capacity(BLOCK);
        block.resize(BLOCK, 0xaa);
        blocks.push(black_box(block));
    }
}

/// The panic handler of `setup_guest!` is an endless loop: the call never ends.
#[export(name = "sample:faulty/faulty.panic", state = "Faulty")]
fn panic_on_purpose(_state: Faulty) -> Result<(Faulty, ()), String> {
    log("about to panic");
    panic!("this panic is on purpose")
}

/// Answers success with bytes that are no value; without the macro, which can't do that.
#[export_name = "sample:faulty/faulty.bad-bytes"]
pub extern "C" fn bad_bytes(_in_ptr: i32, _in_len: i32, out_ptr_slot: i32, out_len_slot: i32) -> i32 {
    log("about to answer bytes that are no value");
    // The host frees what it is given, so the bytes need an allocation of exactly their size.
    let bytes = b"these bytes are no value".to_vec().leak();
    unsafe {
        (out_ptr_slot as *mut i32).write(bytes.as_ptr() as i32);
        (out_len_slot as *mut i32).write(bytes.len() as i32);
    }
    0
}

/// Answers a string where a u32 is declared.
#[export(name = "sample:faulty/faulty.wrong-type", state = "Faulty")]
fn wrong_type(state: Faulty) -> Result<(Faulty, String), String> {
    log("about to answer a string for a u32");
    Ok((state, String::from("forty-two")))
}
