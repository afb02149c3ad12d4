//! The hot loops of chainview: indexing the entries of a native chain file, making events of texts, hashing events,
//! comparing and searching them, and making calls ready for being made again.
//!
//! Everything lies in one memory, at places that the host chooses: it hands over pointers and counts, and what it
//! wrote there. Nothing is imported. Each function has a twin in Python that says what it means; what is rare is left
//! to that twin.
#![no_std]

mod base;
mod cgrf;
mod crc32;
mod declared;
mod hashes;
mod index;
mod kinds;
mod msgpack;
mod prints;
mod runs;
mod search;
mod sha1;
mod shape;
mod text;
mod texts;
mod words;

/// The bytes from `at` on that the host wrote there.
pub(crate) unsafe fn bytes<'a>(at: usize, size: usize) -> &'a [u8] {
    core::slice::from_raw_parts(at as *const u8, size)
}
