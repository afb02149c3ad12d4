//! Which payloads say a text, found without decoding them.

use core::arch::wasm32::*;

use crate::bytes;
use crate::index::Span;

const NO: u8 = 0;
const YES: u8 = 1;
/// Only the twin can tell.
const UNSURE: u8 = 2;

const MAGIC: &[u8] = b"CGRF";
const HEADER: u64 = 16;
const NODE_HEAD: u64 = 8;
const STRING: u8 = 0x06;
const VARIANT: u8 = 0x08;
const RECORD: u8 = 0x09;
const U8: u8 = 0x0C;
const CHAR: u8 = 0x12;
const ARRAY: u8 = 0x15;
/// The most bytes of a character.
const LONGEST_CHAR: usize = 4;
/// Places that are looked at together.
const LANES: usize = 16;

/// What is looked for, in small letters where any case will do; and the names of types that nobody sees, each behind its
/// length.
#[repr(C)]
pub struct Sought {
    text: u32,
    size: u32,
    any_case: u32,
    unseen: u32,
    unseen_size: u32,
}

/// Says of each payload whether the text, which is not empty, stands in a string, a name or a case of it.
#[no_mangle]
pub unsafe extern "C" fn says(data: usize, spans: *const Span, count: u32, sought: &Sought, found: *mut u8) {
    let search = Search {
        text: bytes(sought.text as usize, sought.size as usize),
        any_case: sought.any_case == 1,
        unseen: bytes(sought.unseen as usize, sought.unseen_size as usize),
    };
    for at in 0..count as usize {
        let span = &*spans.add(at);
        *found.add(at) = search.looks_into(bytes(data + span.begin as usize, (span.end - span.begin) as usize));
    }
}

struct Search<'a> {
    text: &'a [u8],
    any_case: bool,
    unseen: &'a [u8],
}

impl Search<'_> {
    fn looks_into(&self, payload: &[u8]) -> u8 {
        if !payload.starts_with(MAGIC) {
            return UNSURE;
        }
        let (mut end, mut told, mut near) = (HEADER, NO, self.next(payload, HEADER));
        if near == u64::MAX && self.text.len() > LONGEST_CHAR {
            return NO;
        }
        while end + NODE_HEAD <= payload.len() as u64 {
            let (kind, start) = (payload[end as usize], end + NODE_HEAD);
            end = start + number(payload, end + 4) as u64;
            if near < start {
                near = self.next(payload, start);
            }
            if near >= end && kind != CHAR {
                continue;
            }
            match kind {
                STRING if self.is_in(part(payload, start + 4, end)) => return YES,
                RECORD | VARIANT if self.is_named(part(payload, start, end), kind) => return YES,
                // Whether bytes are a text is told by the twin, and how a character is written.
                ARRAY if payload.get(start as usize) == Some(&U8) && self.is_in(part(payload, start + 5, end)) => {
                    told = UNSURE;
                }
                CHAR if self.text.len() <= LONGEST_CHAR => told = UNSURE,
                _ => {}
            }
        }
        told
    }

    fn is_named(&self, node: &[u8], kind: u8) -> bool {
        let (type_name, mut at) = name(node, 0);
        if self.is_unseen(type_name) {
            return false;
        }
        if kind == VARIANT {
            return self.is_in(name(node, at).0);
        }
        if at + 4 > node.len() as u64 {
            return false;
        }
        let mut count = number(node, at);
        at += 4;
        while count > 0 && at < node.len() as u64 {
            let (field, behind) = name(node, at);
            if self.is_in(field) {
                return true;
            }
            at = behind;
            count -= 1;
        }
        false
    }

    fn is_unseen(&self, type_name: &[u8]) -> bool {
        let mut at = 0;
        while at < self.unseen.len() as u64 {
            let (known, behind) = name(self.unseen, at);
            if known == type_name {
                return true;
            }
            at = behind;
        }
        false
    }

    fn is_in(&self, text: &[u8]) -> bool {
        self.next(text, 0) < u64::MAX
    }

    /// Where from a place on the text stands first; the largest number where it does not.
    fn next(&self, data: &[u8], from: u64) -> u64 {
        let size = self.text.len();
        let (first, last) = (self.text[0], self.text[size - 1]);
        let (firsts, lasts) = (self.both(first), self.both(last));
        let mut at = from as usize;
        while at + size - 1 + LANES <= data.len() {
            let begins = unsafe { v128_load(data.as_ptr().add(at) as *const v128) };
            let ends = unsafe { v128_load(data.as_ptr().add(at + size - 1) as *const v128) };
            let mut places = i8x16_bitmask(v128_and(is_one_of(begins, firsts), is_one_of(ends, lasts)));
            while places != 0 {
                let place = at + places.trailing_zeros() as usize;
                if self.stands_at(data, place) {
                    return place as u64;
                }
                places &= places - 1;
            }
            at += LANES;
        }
        while at + size <= data.len() {
            if self.stands_at(data, at) {
                return at as u64;
            }
            at += 1;
        }
        u64::MAX
    }

    fn stands_at(&self, data: &[u8], at: usize) -> bool {
        let here = &data[at..at + self.text.len()];
        if self.any_case { here.eq_ignore_ascii_case(self.text) } else { here == self.text }
    }

    /// A byte as it may stand, in all lanes.
    fn both(&self, byte: u8) -> [v128; 2] {
        let other = if self.any_case { byte.to_ascii_uppercase() } else { byte };
        [u8x16_splat(byte), u8x16_splat(other)]
    }
}

fn is_one_of(data: v128, bytes: [v128; 2]) -> v128 {
    v128_or(u8x16_eq(data, bytes[0]), u8x16_eq(data, bytes[1]))
}

/// The name at a place, behind its length, and where it ends.
fn name(data: &[u8], at: u64) -> (&[u8], u64) {
    if at + 4 > data.len() as u64 {
        return (&[], data.len() as u64);
    }
    let end = at + 4 + number(data, at) as u64;
    (part(data, at + 4, end), end)
}

/// The number at a place that holds four bytes.
fn number(data: &[u8], at: u64) -> u32 {
    let at = at as usize;
    u32::from_le_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]])
}

/// As much of a stretch as there is.
fn part(data: &[u8], begin: u64, end: u64) -> &[u8] {
    let end = end.min(data.len() as u64);
    &data[begin.min(end) as usize..end as usize]
}
