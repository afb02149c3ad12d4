//! Events of texts in which one block follows the other, each made by a mould for the shape of its literal.

use crate::bytes;
use crate::index::HASH;
use crate::kinds::{self, BY_PAYLOAD};
use crate::sha1::{hash_four, pad, Padded};
use crate::shape::{cut, Parts, Room};
use crate::hashes::{most, put_event};
use crate::text::Writer;
use crate::written::{block, is_raw, keys, no_block, Said, Written, SHORT};

/// Blocks of keys and values, and such behind one whose hash is not known.
const KEYS: u32 = 1;
const LOST_KEYS: u32 = 2;
/// `---` blocks among very many of which the hashes did not come out.
const LOST_BLOCKS: u32 = 3;
/// Stand beside the kind of an event that does not follow the one before, whose hash did not come out, of which nothing
/// was made, and which states no parent.
const ELSEWHERE: u8 = 0x80;
const UNPROVED: u8 = 0x40;
const PASSED_OVER: u8 = 0x20;
const ROOT: u8 = 0x10;
/// The kind of what is no event.
const DAMAGED: u8 = 6;
const NO_MOULD: u32 = u32::MAX;
const NO_PASSES: u32 = u32::MAX;
/// What `has_last` is beside what it was, behind what is no event.
const BEHIND_DAMAGE: u32 = 2;

/// A payload without the nodes of its leaves: the text around those, the JSON text of the event's type, of no size where
/// the names of a host call make it, its kind, the pieces of the payload, each by its place and size, and the next mould
/// for the same text, from 1 on.
#[repr(C)]
pub struct Mould {
    around: u32,
    around_size: u32,
    json: u32,
    json_size: u32,
    kind: u32,
    pieces: u32,
    count: u32,
    next: u32,
}

/// The moulds, and slots to find the first one for a text by, of which the host makes room for a power of two.
#[repr(C)]
pub struct Moulds {
    first: u32,
    slots: u32,
    mask: u32,
}

impl Moulds {
    unsafe fn at(&self, number: u32) -> *mut Mould {
        (self.first as *mut Mould).add(number as usize)
    }

    unsafe fn around(&self, number: u32) -> &[u8] {
        let mould = &*self.at(number);
        bytes(mould.around as usize, mould.around_size as usize)
    }

    unsafe fn slot(&self, around: &[u8]) -> *mut u32 {
        let mut hash = around.chunks(4).fold(around.len() as u32, |hash, chunk| {
            let word = chunk.iter().rev().fold(0, |word, &byte| word << 8 | byte as u32);
            (hash.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B1)
        });
        hash ^= hash >> 15;
        loop {
            let slot = (self.slots as *mut u32).add((hash & self.mask) as usize);
            if *slot == 0 || self.around(*slot - 1) == around {
                return slot;
            }
            hash = hash.wrapping_add(1);
        }
    }
}

/// Lets a mould be found, before the others for the same text.
#[no_mangle]
pub unsafe extern "C" fn keep_mould(moulds: &Moulds, number: u32) {
    let slot = moulds.slot(moulds.around(number));
    (*moulds.at(number)).next = *slot;
    *slot = number + 1;
}

/// Rooms to work in: for the text around leaves, their nodes and ends, a literal put together, and a text to be hashed.
#[repr(C)]
pub struct Work {
    around: *mut u8,
    around_size: u32,
    nodes: *mut u8,
    nodes_size: u32,
    ends: *mut u32,
    most: u32,
    literal: *mut u8,
    literal_size: u32,
    text: *mut u8,
    text_size: u32,
}

/// What was made of events: their hashes and kinds, the numbers of their moulds, and where their payloads end, which
/// lie one behind the other.
#[repr(C)]
pub struct Made {
    hashes: *mut [u8; HASH],
    kinds: *mut u8,
    numbers: *mut u32,
    ends: *mut u32,
    payloads: *mut u8,
    payloads_size: u32,
    /// How many bytes were taken in.
    taken: u32,
    has_last: u32,
    /// The hash of the last one, or the first digits of it where that is not known.
    last: [u8; HASH],
    /// Of lost blocks the parents they state, where each begins, and of how many more nothing has to be made; NO_PASSES
    /// where each event has to come out.
    parents: *mut [u8; HASH],
    starts: *mut u32,
    passes: u32,
}

/// Makes up to `most` events that follow each other, until one is not written as most are, or has no mould by which its
/// hash comes out; how many. Of lost keys none is looked for: each is what the first mould for its text makes of it.
/// Of lost blocks those whose hashes do not come out are made by the one mould for their text, or passed over, and what
/// is no block between two events is one of them.
#[no_mangle]
pub unsafe extern "C" fn cast(
    data: usize,
    size: usize,
    count: u32,
    format: u32,
    moulds: &Moulds,
    work: &Work,
    made: &mut Made,
) -> u32 {
    let data = bytes(data, size);
    let mut parts = Parts {
        around: Room { at: work.around, used: 0, size: work.around_size as usize },
        nodes: Room { at: work.nodes, used: 0, size: work.nodes_size as usize },
        ends: work.ends,
        count: 0,
        most: work.most as usize,
        names: None,
    };
    let mut literal = Room { at: work.literal, used: 0, size: work.literal_size as usize };
    let mut payloads = Room { at: made.payloads, used: 0, size: made.payloads_size as usize };
    made.taken = 0;
    for at in 0..count {
        let start = made.taken as usize;
        if format == LOST_BLOCKS {
            if made.stated(data, at as usize, moulds, work, &mut parts, &mut payloads).is_none() {
                return made.without_last_damage(at);
            }
            continue;
        }
        let written = match format {
            KEYS | LOST_KEYS => keys(data, start, &mut literal, format == LOST_KEYS),
            _ => block(data, start, false),
        };
        let Some(written) = written else { return at };
        let one = match format {
            LOST_KEYS => made.lost(&written, at as usize, moulds, &mut parts, &mut payloads),
            _ => made.one(&written, at as usize, moulds, work, &mut parts, &mut payloads),
        };
        if one.is_none() {
            return at;
        }
        made.taken = written.end as u32;
    }
    if format == LOST_BLOCKS { made.without_last_damage(count) } else { count }
}

impl Made {
    unsafe fn one(
        &mut self,
        written: &Written,
        at: usize,
        moulds: &Moulds,
        work: &Work,
        parts: &mut Parts,
        payloads: &mut Room,
    ) -> Option<()> {
        let last = self.last;
        let parent = if self.has_last == 1 { Some(&last[..]) } else { None };
        if !written.parent.is(parent) || core::str::from_utf8(written.literal).is_err() {
            return None;
        }
        cut(written.literal, parts)?;
        let mut number = *moulds.slot(parts.around.held());
        let begin = payloads.used;
        while number > 0 {
            let mould = &*moulds.at(number - 1);
            put(mould, parts, payloads)?;
            let payload = &payloads.held()[begin..];
            let json = match parts.names {
                Some(names) if mould.json_size == 0 => {
                    put_type(written.literal, names, &mut parts.around)?;
                    parts.around.held()
                }
                _ => bytes(mould.json as usize, mould.json_size as usize),
            };
            let hash = hash(parent, json, payload, work)?;
            if written.hash.is(Some(&hash)) {
                let kind = kind(mould, payload)?;
                self.put(at, kind, number - 1, payloads.used);
                (*self.hashes.add(at)).copy_from_slice(&hash);
                (self.last, self.has_last) = (hash, 1);
                return Some(());
            }
            payloads.used = begin;
            number = mould.next;
        }
        None
    }

    unsafe fn lost(
        &mut self,
        written: &Written,
        at: usize,
        moulds: &Moulds,
        parts: &mut Parts,
        payloads: &mut Room,
    ) -> Option<()> {
        let (Said::Digits(hash), Ok(_)) = (&written.hash, core::str::from_utf8(written.literal)) else { return None };
        let follows = match written.parent {
            _ if self.has_last == 0 => true,
            Said::Digits(parent) => parent[..SHORT] == self.last[..SHORT],
            Said::Nothing => false,
        };
        cut(written.literal, parts)?;
        let number = moulds.slot(parts.around.held()).read().checked_sub(1)?;
        let mould = &*moulds.at(number);
        let begin = payloads.used;
        put(mould, parts, payloads)?;
        let kind = kind(mould, &payloads.held()[begin..])?;
        self.put(at, if follows { kind } else { kind | ELSEWHERE }, number, payloads.used);
        self.last[..SHORT].copy_from_slice(&hash[..SHORT]);
        self.has_last = 1;
        Some(())
    }

    /// Takes the block at the place that was reached, or what stands there that is none, by what it states.
    unsafe fn stated(
        &mut self,
        data: &[u8],
        at: usize,
        moulds: &Moulds,
        work: &Work,
        parts: &mut Parts,
        payloads: &mut Room,
    ) -> Option<()> {
        let start = self.taken as usize;
        let (last, has_last) = (self.last, self.has_last);
        *self.starts.add(at) = start as u32;
        if let (Some(end), true) = (no_block(data, start), has_last < BEHIND_DAMAGE) {
            payloads.put(&data[start..end])?;
            let elsewhere = if has_last == 1 { ELSEWHERE } else { 0 };
            self.put(at, DAMAGED | ROOT | elsewhere, NO_MOULD, payloads.used);
            (*self.hashes.add(at), *self.parents.add(at)) = ([0; HASH], [0; HASH]);
            (self.has_last, self.taken) = (has_last | BEHIND_DAMAGE, end as u32);
            return Some(());
        }
        let written = block(data, start, true)?;
        let hash = written.hash.told()?;
        let parent = match written.parent {
            Said::Nothing => None,
            _ => Some(written.parent.told()?),
        };
        let stated = parent.as_ref().map(|parent| &parent[..]);
        let follows = if has_last == 1 { stated == Some(&last[..]) } else { stated.is_none() };
        let (kind, number) = self.likeliest(&written, stated, moulds, work, parts, payloads)?;
        let elsewhere = if follows { 0 } else { ELSEWHERE };
        let root = if stated.is_none() { ROOT } else { 0 };
        self.put(at, kind | elsewhere | root, number, payloads.used);
        *self.hashes.add(at) = hash;
        *self.parents.add(at) = parent.unwrap_or([0; HASH]);
        (self.last, self.has_last, self.taken) = (hash, 1, written.end as u32);
        Some(())
    }

    /// What is made of a lost block: its kind with what stands beside that, and the number of its mould.
    unsafe fn likeliest(
        &mut self,
        written: &Written,
        parent: Option<&[u8]>,
        moulds: &Moulds,
        work: &Work,
        parts: &mut Parts,
        payloads: &mut Room,
    ) -> Option<(u8, u32)> {
        let literal = written.literal;
        if is_raw(literal)? {
            return Some((kinds::OTHER | UNPROVED | PASSED_OVER, NO_MOULD));
        }
        core::str::from_utf8(literal).ok()?;
        let is_left = literal.iter().any(|&byte| byte == 0 || byte == b'\\');
        let mut number = 0;
        if !is_left {
            cut(literal, parts)?;
            number = *moulds.slot(parts.around.held());
        }
        if number == 0 {
            if self.passes == NO_PASSES {
                return None;
            }
            self.passes = self.passes.checked_sub(1)?;
            return Some((kinds::OTHER | UNPROVED | PASSED_OVER, NO_MOULD));
        }
        let (begin, first) = (payloads.used, number);
        loop {
            let mould = &*moulds.at(number - 1);
            put(mould, parts, payloads)?;
            let payload = &payloads.held()[begin..];
            let json = match parts.names {
                Some(names) if mould.json_size == 0 => {
                    put_type(literal, names, &mut parts.around)?;
                    parts.around.held()
                }
                _ => bytes(mould.json as usize, mould.json_size as usize),
            };
            let is_right = written.hash.is(Some(&hash(parent, json, payload, work)?));
            let kind = kind(mould, payload)?;
            if is_right {
                return Some((kind, number - 1));
            }
            if mould.next == 0 {
                // Which of several is the likeliest the twin knows.
                return if number == first && self.passes != NO_PASSES { Some((kind | UNPROVED, number - 1)) } else { None };
            }
            payloads.used = begin;
            number = mould.next;
        }
    }

    /// How many were made of so many, without the last where that is no event: whether it stands alone is not known.
    unsafe fn without_last_damage(&mut self, count: u32) -> u32 {
        if self.has_last < BEHIND_DAMAGE {
            return count;
        }
        self.has_last &= BEHIND_DAMAGE - 1;
        self.taken = *self.starts.add(count as usize - 1);
        count - 1
    }

    unsafe fn put(&mut self, at: usize, kind: u8, number: u32, end: usize) {
        *self.kinds.add(at) = kind;
        *self.numbers.add(at) = number;
        *self.ends.add(at) = end as u32;
    }
}

unsafe fn kind(mould: &Mould, payload: &[u8]) -> Option<u8> {
    let kind = mould.kind as u8;
    if kind == BY_PAYLOAD { kinds::kind_of(payload) } else { Some(kind) }
}

unsafe fn put(mould: &Mould, parts: &Parts, payloads: &mut Room) -> Option<()> {
    if mould.count as usize != parts.count + 1 {
        return None;
    }
    let (pieces, mut begin) = (mould.pieces as *const [u32; 2], 0);
    for leaf in 0..parts.count {
        let [place, size] = *pieces.add(leaf);
        payloads.put(bytes(place as usize, size as usize))?;
        let end = *parts.ends.add(leaf) as usize;
        payloads.put(&parts.nodes.held()[begin..end])?;
        begin = end;
    }
    let [place, size] = *pieces.add(parts.count);
    payloads.put(bytes(place as usize, size as usize))
}

/// Puts the JSON text of the type that two names make, which lie in a literal in their quotes; a name that holds what
/// JSON escapes is left to the twin.
unsafe fn put_type(literal: &[u8], names: [(usize, usize); 2], room: &mut Room) -> Option<()> {
    room.used = 0;
    for (mark, (begin, end)) in [b"\"", b"/"].into_iter().zip(names) {
        let name = &literal[begin + 1..end - 1];
        if name.iter().any(|&byte| byte < b' ') {
            return None;
        }
        room.put(mark)?;
        room.put(name)?;
    }
    room.put(b"\"")
}

unsafe fn hash(parent: Option<&[u8]>, json: &[u8], payload: &[u8], work: &Work) -> Option<[u8; HASH]> {
    if most(json.len(), payload.len()) > work.text_size as usize {
        return None;
    }
    let mut writer = Writer { at: work.text };
    put_event(&mut writer, parent, json, payload);
    let blocks = pad(work.text, writer.at.offset_from(work.text) as usize);
    let mut found = [0; HASH];
    hash_four(&[Padded { text: work.text, blocks, hash: found.as_mut_ptr() }; 4]);
    Some(found)
}
