//! Events of texts in which one block follows the other, each made by a mould for the shape of its literal.

use crate::bytes;
use crate::index::HASH;
use crate::kinds::{self, BY_PAYLOAD};
use crate::sha1::{hash_four, pad, Padded};
use crate::shape::{cut, Parts, Room};
use crate::hashes::{most, put_event};
use crate::text::Writer;
use super::written::{block, keys, Written};

/// Blocks of keys and values, and such behind one whose hash is not known.
const KEYS: u32 = 1;
const LOST_KEYS: u32 = 2;
/// `---` blocks among very many of which the hashes did not come out.
const LOST_BLOCKS: u32 = 3;

/// A payload without the nodes of its leaves: the text around those, the JSON text of the event's type, of no size where
/// the names of a host call make it, its kind, the pieces of the payload, each by its place and size, and the next mould
/// for the same text, from 1 on.
#[repr(C)]
pub struct Mould {
    pub around: u32,
    pub around_size: u32,
    pub json: u32,
    pub json_size: u32,
    pub kind: u32,
    pub pieces: u32,
    pub count: u32,
    pub next: u32,
}

/// The moulds, and slots to find the first one for a text by, of which the host makes room for a power of two.
#[repr(C)]
pub struct Moulds {
    first: u32,
    slots: u32,
    mask: u32,
}

impl Moulds {
    pub unsafe fn at(&self, number: u32) -> *mut Mould {
        (self.first as *mut Mould).add(number as usize)
    }

    unsafe fn around(&self, number: u32) -> &[u8] {
        let mould = &*self.at(number);
        bytes(mould.around as usize, mould.around_size as usize)
    }

    pub unsafe fn slot(&self, around: &[u8]) -> *mut u32 {
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
    pub hashes: *mut [u8; HASH],
    pub kinds: *mut u8,
    pub numbers: *mut u32,
    pub ends: *mut u32,
    pub payloads: *mut u8,
    pub payloads_size: u32,
    /// How many bytes were taken in.
    pub taken: u32,
    pub has_last: u32,
    /// The hash of the last one, or the first digits of it where that is not known.
    pub last: [u8; HASH],
    /// Of lost blocks the parents they state, where each begins, and of how many for which there is no mould one is left
    /// to the twin, by the checksum of its text; none is passed over where that is 0, and each has to come out.
    pub parents: *mut [u8; HASH],
    pub starts: *mut u32,
    pub tried_of: u32,
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
        let at = at as usize;
        let one = match format {
            LOST_BLOCKS => made.stated(data, at, moulds, work, &mut parts, &mut payloads),
            LOST_KEYS => made.lost(data, at, moulds, &mut literal, &mut parts, &mut payloads),
            KEYS => match keys(data, start, &mut literal, false) {
                Some(written) => made.one(&written, at, moulds, work, &mut parts, &mut payloads),
                None => None,
            },
            _ => match block(data, start, false) {
                Some(written) => made.one(&written, at, moulds, work, &mut parts, &mut payloads),
                None => None,
            },
        };
        if one.is_none() {
            return made.without_last_damage(at as u32);
        }
    }
    made.without_last_damage(count)
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
                self.taken = written.end as u32;
                (*self.hashes.add(at)).copy_from_slice(&hash);
                (self.last, self.has_last) = (hash, 1);
                return Some(());
            }
            payloads.used = begin;
            number = mould.next;
        }
        None
    }

    pub unsafe fn put(&mut self, at: usize, kind: u8, number: u32, end: usize) {
        *self.kinds.add(at) = kind;
        *self.numbers.add(at) = number;
        *self.ends.add(at) = end as u32;
    }
}

pub unsafe fn kind(mould: &Mould, payload: &[u8]) -> Option<u8> {
    let kind = mould.kind as u8;
    if kind == BY_PAYLOAD { kinds::kind_of(payload) } else { Some(kind) }
}

pub unsafe fn put(mould: &Mould, parts: &Parts, payloads: &mut Room) -> Option<()> {
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
pub unsafe fn put_type(literal: &[u8], names: [(usize, usize); 2], room: &mut Room) -> Option<()> {
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

pub unsafe fn hash(parent: Option<&[u8]>, json: &[u8], payload: &[u8], work: &Work) -> Option<[u8; HASH]> {
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
