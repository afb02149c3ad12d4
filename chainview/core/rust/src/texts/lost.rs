//! Events among very many of which the hashes did not come out, or are not known, made by what their texts state.

use super::casting::{hash, kind, put, put_type, Made, Moulds, Work};
use crate::crc32;
use crate::index::HASH;
use crate::kinds;
use crate::shape::{cut, Parts, Room};
use super::written::{block, is_bare, is_raw, keys, no_block, no_keys, Said, Written, SHORT};
use crate::bytes;

/// Stand beside the kind of an event that does not follow the one before, whose hash did not come out, of which nothing
/// was made, and which states no parent.
const ELSEWHERE: u8 = 0x80;
const UNPROVED: u8 = 0x40;
const PASSED_OVER: u8 = 0x20;
const ROOT: u8 = 0x10;
/// The kind of what is no event.
const DAMAGED: u8 = 6;
/// Stands in the place of a kind that is told by what the payload says.
const UNTOLD: u8 = 15;
const NO_MOULD: u32 = u32::MAX;
/// What `has_last` is beside what it was, behind what is no event.
const BEHIND_DAMAGE: u32 = 2;

impl Made {
    /// Takes the block of keys and values at the place that was reached, or what stands there that is none.
    pub unsafe fn lost(
        &mut self,
        data: &[u8],
        at: usize,
        moulds: &Moulds,
        literal: &mut Room,
        parts: &mut Parts,
        payloads: &mut Room,
    ) -> Option<()> {
        let (start, has_last) = (self.taken as usize, self.has_last);
        *self.starts.add(at) = start as u32;
        if let (Some(end), true) = (no_keys(data, start), has_last < BEHIND_DAMAGE) {
            return self.put_damage(&data[start..end], at, ROOT, payloads);
        }
        let bare = is_bare(data, start);
        let (written, kind, number) = match bare {
            Some(written) => (written, kinds::OTHER | PASSED_OVER, NO_MOULD),
            None => {
                let written = keys(data, start, literal, true)?;
                let (kind, number) = self.first(&written, moulds, parts, payloads)?;
                (written, kind, number)
            }
        };
        let Said::Digits(hash) = &written.hash else { return None };
        let follows = match written.parent {
            _ if has_last != 1 => true,
            Said::Digits(parent) => parent[..SHORT] == self.last[..SHORT],
            Said::Nothing => false,
        };
        self.put(at, if follows { kind } else { kind | ELSEWHERE }, number, payloads.used);
        self.last[..SHORT].copy_from_slice(&hash[..SHORT]);
        (self.has_last, self.taken) = (1, written.end as u32);
        Some(())
    }

    /// What the first mould for the text of a block of keys and values makes of it.
    unsafe fn first(
        &mut self,
        written: &Written,
        moulds: &Moulds,
        parts: &mut Parts,
        payloads: &mut Room,
    ) -> Option<(u8, u32)> {
        core::str::from_utf8(written.literal).ok()?;
        cut(written.literal, parts)?;
        let Some(number) = moulds.slot(parts.around.held()).read().checked_sub(1) else {
            self.pass_over(written.literal)?;
            return Some((kinds::OTHER | PASSED_OVER, NO_MOULD));
        };
        let mould = &*moulds.at(number);
        let begin = payloads.used;
        put(mould, parts, payloads)?;
        Some((kind(mould, &payloads.held()[begin..]).unwrap_or(UNTOLD), number))
    }

    /// Takes the block at the place that was reached, or what stands there that is none, by what it states.
    pub unsafe fn stated(
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
            let elsewhere = if has_last == 1 { ELSEWHERE } else { 0 };
            return self.put_damage(&data[start..end], at, ROOT | elsewhere, payloads);
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
            self.pass_over(literal)?;
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
            let kind = kind(mould, payload).unwrap_or(UNTOLD);
            if is_right {
                return Some((kind, number - 1));
            }
            if mould.next == 0 {
                // Which of several is the likeliest the twin knows.
                return if number == first && self.tried_of > 0 { Some((kind | UNPROVED, number - 1)) } else { None };
            }
            payloads.used = begin;
            number = mould.next;
        }
    }

    /// Whether nothing has to be made of a text for which there is no mould.
    fn pass_over(&self, text: &[u8]) -> Option<()> {
        if self.tried_of > 0 && crc32::of(text) % self.tried_of != 0 { Some(()) } else { None }
    }

    unsafe fn put_damage(&mut self, raw: &[u8], at: usize, beside: u8, payloads: &mut Room) -> Option<()> {
        payloads.put(raw)?;
        self.put(at, DAMAGED | beside, NO_MOULD, payloads.used);
        (*self.hashes.add(at), *self.parents.add(at)) = ([0; HASH], [0; HASH]);
        (self.has_last, self.taken) = (self.has_last | BEHIND_DAMAGE, self.taken + raw.len() as u32);
        Some(())
    }

    /// How many were made of so many, without the last where that is no event: whether it stands alone is not known.
    pub unsafe fn without_last_damage(&mut self, count: u32) -> u32 {
        if self.has_last < BEHIND_DAMAGE {
            return count;
        }
        self.has_last &= BEHIND_DAMAGE - 1;
        self.taken = *self.starts.add(count as usize - 1);
        count - 1
    }
}
