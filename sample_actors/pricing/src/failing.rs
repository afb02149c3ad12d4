//! Ways to fail that Rust's own checks would turn into panics, and so into endless loops.

use core::arch::wasm32;
use core::hint::black_box;
use core::num::NonZeroU64;

/// The bare division instruction, which traps when `by` is 0.
pub fn divide(amount: u64, by: u64) -> u64 {
    // Dividing by a NonZeroU64 is the division for which Rust adds no check of its own.
    let by = unsafe { NonZeroU64::new_unchecked(black_box(by)) };
    black_box(amount) / by
}

/// Reads past the end of the memory, which traps.
pub fn out_of_bounds() -> u64 {
    let last = black_box(0xffff_fff0u32) as *const u64;
    unsafe { last.read_volatile() }
}

/// Executes `unreachable`, which traps.
pub fn unreachable() -> ! {
    wasm32::unreachable()
}

/// Never ends, and asks the host for nothing.
pub fn endless() -> ! {
    let mut turns = 0u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}
