//! What became of a state, in the characters that a line has left for it, where both are of one shape and their lists
//! are the same.

use super::brief::{decimal, is_plain, name_at, short, BOOL, CHAR, FLAGS, STRING, U8};
use crate::cgrf::{name_end, Nodes, ARRAY, OPTION, RECORD, RESULT, TUPLE, VARIANT};
use crate::shape::Room;

const LONGEST_PATH: usize = 48;
const MOST_PATH: usize = 256;
const WHOLE_BYTES: usize = 64;
const MOST_CHANGES: usize = 900;
const MOST_PAIRS: usize = 10_000;
const LEAST_VALUE: i64 = 8;
const GAP: &[u8] = b"   ";

/// A part of both that differs, and where its path lies.
#[derive(Clone, Copy, Default)]
struct Change {
    before: usize,
    after: usize,
    path: (usize, usize),
}

struct Changes<'a> {
    before: &'a Nodes<'a>,
    after: &'a Nodes<'a>,
    path: [u8; MOST_PATH],
    first: [Change; 2],
    paths: [u8; 2 * LONGEST_PATH],
    count: usize,
    pairs: usize,
}

/// Puts what became of a state, and says how many characters that takes; 0 where nothing did.
pub unsafe fn put(
    before: &Nodes,
    old: usize,
    after: &Nodes,
    new: usize,
    left: i64,
    room: &mut Room,
) -> Option<i64> {
    let (first, paths) = ([Change::default(); 2], [0; 2 * LONGEST_PATH]);
    let mut found = Changes { before, after, path: [0; MOST_PATH], first, paths, count: 0, pairs: 0 };
    found.look(old, new, 0)?;
    if found.count == 0 {
        return Some(0);
    }
    let begin = room.used;
    if found.count > 1 {
        let one = found.put_change(0, left / 2 - 6, room)?;
        room.put(GAP)?;
        let other = found.put_change(1, left / 2 - 6, room)?;
        let both = one + GAP.len() as i64 + other + put_more(found.count - 2, room)?;
        if both <= left {
            return Some(both);
        }
        room.used = begin;
    }
    let rest = put_more(found.count - 1, room)?;
    room.used = begin;
    let cells = found.put_change(0, left - rest, room)? + rest;
    put_more(found.count - 1, room)?;
    // A path without what became of it tells less than how much changed.
    let name = (found.first[0].path.1 + 1) as i64;
    if cells <= left || name + LEAST_VALUE <= left { Some(cells) } else { None }
}

unsafe fn put_more(count: usize, room: &mut Room) -> Option<i64> {
    if count == 0 {
        return Some(0);
    }
    let begin = room.used;
    let mut digits = [0; 40];
    room.put(b"   +")?;
    room.put(decimal(count as i128, &mut digits))?;
    room.put(b" more")?;
    Some((room.used - begin) as i64)
}

impl Changes<'_> {
    unsafe fn look(&mut self, old: usize, new: usize, path: usize) -> Option<()> {
        self.pairs += 1;
        if self.pairs > MOST_PAIRS {
            return None;
        }
        let (kind, before, after) = (self.before.kind(old), self.before.payload(old), self.after.payload(new));
        if kind != self.after.kind(new) {
            return self.add(old, new, path);
        }
        match kind {
            ARRAY if before != after => {
                if before[0] == after[0] && (before[0] != U8 || before.len().max(after.len()) > WHOLE_BYTES + 5) {
                    return None;
                }
                self.add(old, new, path)
            }
            STRING | BOOL | CHAR | FLAGS | 0x02..=0x05 | 0x0C..=0x11 if before != after => self.add(old, new, path),
            ARRAY | STRING | BOOL | CHAR | FLAGS | 0x02..=0x05 | 0x0C..=0x11 => Some(()),
            _ => self.look_within(kind, old, new, path),
        }
    }

    unsafe fn look_within(&mut self, kind: u8, old: usize, new: usize, path: usize) -> Option<()> {
        let (count, before, after) = (self.before.count(old), self.before.payload(old), self.after.payload(new));
        let own = before.len() - 4 * count;
        let is_same = count == self.after.count(new) && after.len() == before.len() && before[..own] == after[..own];
        if !is_same {
            // Lists are laid against each other, and records by their fields.
            return match kind {
                TUPLE | VARIANT | OPTION | RESULT => self.add(old, new, path),
                _ => None,
            };
        }
        let mut place = if kind == RECORD { name_end(before, 0)? + 4 } else { 0 };
        for at in 0..count {
            let mut digits = [0; 40];
            let label = match kind {
                RECORD => {
                    let name = name_at(before, place)?;
                    place += 4 + name.len();
                    name
                }
                TUPLE => decimal(at as i128, &mut digits),
                VARIANT if count > 1 => decimal(at as i128, &mut digits),
                OPTION | RESULT | VARIANT => b"",
                _ => {
                    let changed = self.count;
                    self.look(self.before.child(old, at), self.after.child(new, at), path)?;
                    if self.count > changed {
                        return None;
                    }
                    continue;
                }
            };
            let below = self.below(path, label)?;
            self.look(self.before.child(old, at), self.after.child(new, at), below)?;
        }
        Some(())
    }

    /// Where the path of a part ends.
    fn below(&mut self, path: usize, label: &[u8]) -> Option<usize> {
        if label.is_empty() {
            return Some(path);
        }
        let begin = if path > 0 { path + 1 } else { 0 };
        if path > 0 {
            *self.path.get_mut(path)? = b'.';
        }
        self.path.get_mut(begin..begin + label.len())?.copy_from_slice(label);
        Some(begin + label.len())
    }

    fn add(&mut self, before: usize, after: usize, path: usize) -> Option<()> {
        let at = self.count;
        self.count += 1;
        if at >= self.first.len() {
            return if self.count < MOST_CHANGES { Some(()) } else { None };
        }
        let parts: [&[u8]; 2] = if path > 0 { [b"state.", &self.path[..path]] } else { [b"state", b""] };
        let (begin, size) = (LONGEST_PATH * at, parts[0].len() + parts[1].len());
        // A list's place stands behind its path without a dot.
        if size > LONGEST_PATH || !is_plain(parts[1]) || parts[1].first() == Some(&b'[') {
            return None;
        }
        self.paths[begin..begin + parts[0].len()].copy_from_slice(parts[0]);
        self.paths[begin + parts[0].len()..begin + size].copy_from_slice(parts[1]);
        self.first[at] = Change { before, after, path: (begin, size) };
        Some(())
    }

    unsafe fn put_change(&self, at: usize, room: i64, out: &mut Room) -> Option<i64> {
        let Change { before, after, path: (begin, size) } = self.first[at];
        out.put(&self.paths[begin..begin + size])?;
        out.put(b" ")?;
        let left = 10.max(room - size as i64);
        let (half, start) = (left.div_euclid(2), out.used);
        let mut was = short(self.before, before, half, out)?;
        out.put(" → ".as_bytes())?;
        let middle = out.used;
        let mut now = short(self.after, after, half, out)?;
        if now.is_cut {
            out.used = middle;
            now = short(self.after, after, half.max(left - was.cells - 3), out)?;
        } else if was.is_cut {
            out.used = start;
            was = short(self.before, before, half.max(left - now.cells - 3), out)?;
            out.put(" → ".as_bytes())?;
            now = short(self.after, after, half, out)?;
        }
        Some(size as i64 + 1 + was.cells + 3 + now.cells)
    }
}
