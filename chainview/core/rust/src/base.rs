//! What a module without a standard library lacks, and where its memory is free.

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

extern "C" {
    static __heap_base: u8;
}

/// Where the memory begins that is the host's to use.
#[no_mangle]
pub extern "C" fn free_from() -> usize {
    core::ptr::addr_of!(__heap_base) as usize
}
