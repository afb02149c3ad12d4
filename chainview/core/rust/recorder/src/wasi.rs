//! What is asked of the engine's own WASI: the clocks, and its standard output, which the host leads into the file.

const REALTIME: u32 = 0;
const MONOTONIC: u32 = 1;
const OUTPUT: u32 = 1;

#[repr(C)]
struct Piece {
    at: *const u8,
    size: usize,
}

#[link(wasm_import_module = "wasi_snapshot_preview1")]
extern "C" {
    fn clock_time_get(clock: u32, precision: u64, found: *mut u64) -> u32;
    fn fd_write(descriptor: u32, pieces: *const Piece, count: usize, written: *mut usize) -> u32;
}

unsafe fn time(clock: u32) -> u64 {
    let mut found = 0;
    if clock_time_get(clock, 1, &mut found) == 0 { found } else { 0 }
}

pub unsafe fn monotonic() -> u64 {
    time(MONOTONIC)
}

pub unsafe fn realtime() -> u64 {
    time(REALTIME)
}

/// Whether all of it was written.
pub unsafe fn write(data: &[u8]) -> bool {
    let mut piece = Piece { at: data.as_ptr(), size: data.len() };
    while piece.size > 0 {
        let mut written = 0;
        if fd_write(OUTPUT, &piece, 1, &mut written) != 0 || written == 0 || written > piece.size {
            return false;
        }
        piece = Piece { at: piece.at.add(written), size: piece.size - written };
    }
    true
}
