//! Values in the few characters that a line has room for, where nothing has to be left out of them but the middle of
//! long numbers and the end of bytes; all else is left to the twin.

use crate::cgrf::{name_end, word, Nodes, ARRAY, LIST, OPTION, RECORD, RESULT, TUPLE, VARIANT};
use crate::shape::Room;

pub const STRING: u8 = 0x06;
pub const BOOL: u8 = 0x01;
pub const CHAR: u8 = 0x12;
pub const FLAGS: u8 = 0x13;
pub const U8: u8 = 0x0C;
const LONGEST_STRING: i64 = 64;
const SHORTEST_STRING: i64 = 12;
const LONGEST_NUMBER: usize = 10;
const LONGEST_LABEL: usize = 24;
const LONGEST_CASE: usize = 32;
const MOST_TEXT: usize = 256;
const SHOWN_BYTES: i64 = 8;

/// What a value took of a line, and whether something of it is left out.
pub struct Shown {
    pub cells: i64,
    pub is_cut: bool,
}

struct Brief<'a, 'b> {
    nodes: &'a Nodes<'a>,
    room: &'b mut Room,
    left: i64,
    suffixed: bool,
    is_cut: bool,
}

/// A value in about so many characters.
pub unsafe fn short(nodes: &Nodes, node: usize, left: i64, room: &mut Room) -> Option<Shown> {
    items(nodes, &[node as u32], left, b"", false, room)
}

/// Values one after the other in about so many characters.
pub unsafe fn items(
    nodes: &Nodes,
    held: &[u32],
    left: i64,
    separator: &[u8],
    suffixed: bool,
    room: &mut Room,
) -> Option<Shown> {
    if held.len() as i64 > left.max(1) {
        return None;
    }
    let mut brief = Brief { nodes, room, left, suffixed, is_cut: false };
    for (at, &node) in held.iter().enumerate() {
        brief.between(at, separator)?;
        brief.value(node as usize)?;
    }
    Some(Shown { cells: left - brief.left, is_cut: brief.is_cut })
}

impl Brief<'_, '_> {
    unsafe fn put(&mut self, text: &[u8]) -> Option<()> {
        self.left -= text.len() as i64;
        self.room.put(text)
    }

    unsafe fn put_dots(&mut self) -> Option<()> {
        (self.left, self.is_cut) = (self.left - 1, true);
        self.room.put("…".as_bytes())
    }

    unsafe fn between(&mut self, at: usize, separator: &[u8]) -> Option<()> {
        if at > 0 {
            self.put(separator)?;
        }
        if self.left > 0 { Some(()) } else { None }
    }

    unsafe fn value(&mut self, node: usize) -> Option<()> {
        let (kind, payload) = (self.nodes.kind(node), self.nodes.payload(node));
        match kind {
            STRING => {
                let text = &payload[4..];
                if text.len() as i64 > SHORTEST_STRING.max(LONGEST_STRING.min(self.left - 2)) {
                    return None;
                }
                self.put_quoted(text)
            }
            ARRAY if payload[0] == U8 => self.bytes(&payload[5..]),
            ARRAY => self.array(payload),
            TUPLE => self.within(node, b"(", b")"),
            LIST => self.within(node, b"[", b"]"),
            RECORD => self.record(node),
            VARIANT => {
                let case = name_at(payload, name_end(payload, 0)?)?;
                if case.len() > LONGEST_CASE || !is_plain(case) {
                    return None;
                }
                self.case(node, case)
            }
            OPTION if self.nodes.count(node) == 0 => self.case(node, b"none"),
            OPTION => self.case(node, b"some"),
            RESULT if is_ok(payload) => self.case(node, b"ok"),
            RESULT => self.case(node, b"err"),
            _ => self.scalar(kind, payload),
        }
    }

    unsafe fn case(&mut self, node: usize, name: &[u8]) -> Option<()> {
        self.put(name)?;
        if self.nodes.count(node) > 0 { self.within(node, b"(", b")") } else { Some(()) }
    }

    unsafe fn within(&mut self, node: usize, opening: &[u8], closing: &[u8]) -> Option<()> {
        self.put(opening)?;
        for at in 0..self.nodes.count(node) {
            self.between(at, b", ")?;
            self.value(self.nodes.child(node, at))?;
        }
        self.put(closing)
    }

    unsafe fn record(&mut self, node: usize) -> Option<()> {
        let payload = self.nodes.payload(node);
        self.put(b"{")?;
        let mut place = name_end(payload, 0)? + 4;
        for at in 0..self.nodes.count(node) {
            self.between(at, b", ")?;
            let label = name_at(payload, place)?;
            place += 4 + label.len();
            if label.len() > LONGEST_LABEL || !is_plain(label) {
                return None;
            }
            if !label.is_empty() {
                self.put(label)?;
                self.put(b": ")?;
            }
            self.value(self.nodes.child(node, at))?;
        }
        self.put(b"}")
    }

    unsafe fn array(&mut self, payload: &[u8]) -> Option<()> {
        let (kind, count) = (payload[0], word(payload, 1) as usize);
        if count as i64 > self.left.max(1) {
            return None;
        }
        let width = if count > 0 { (payload.len() - 5) / count } else { 1 };
        self.put(b"[")?;
        for (at, element) in payload[5..].chunks(width).enumerate() {
            self.between(at, b", ")?;
            self.scalar(kind, element)?;
        }
        self.put(b"]")
    }

    /// Bytes as the text they are, or how many those are and the first of them.
    unsafe fn bytes(&mut self, data: &[u8]) -> Option<()> {
        if data.len() > MOST_TEXT {
            return None;
        }
        let is_binary = data.iter().any(|&byte| byte < 0x20 && !b"\n\r\t".contains(&byte));
        if !is_binary && core::str::from_utf8(data).is_ok() {
            if data.len() as i64 > SHORTEST_STRING.max(LONGEST_STRING.min(self.left - 3)) {
                return None;
            }
            self.put(b"b")?;
            return self.put_quoted(data);
        }
        let mut digits = [0; 40];
        self.put(decimal(data.len() as i128, &mut digits))?;
        self.put(if data.len() == 1 { b" byte " } else { b" bytes " })?;
        let shown = 2.max(SHOWN_BYTES.min(self.left.div_euclid(2))) as usize;
        for &byte in &data[..shown.min(data.len())] {
            self.put(&[hex(byte >> 4), hex(byte & 15)])?;
        }
        if data.len() > shown { self.put_dots() } else { Some(()) }
    }

    unsafe fn put_quoted(&mut self, text: &[u8]) -> Option<()> {
        self.put(b"\"")?;
        for &byte in text {
            match byte {
                b'"' => self.put(b"\\\"")?,
                b'\\' => self.put(b"\\\\")?,
                b'\n' => self.put(b"\\n")?,
                b'\r' => self.put(b"\\r")?,
                b'\t' => self.put(b"\\t")?,
                0x20..=0x7E => self.put(&[byte])?,
                _ => return None,
            }
        }
        self.put(b"\"")
    }

    unsafe fn scalar(&mut self, kind: u8, data: &[u8]) -> Option<()> {
        match kind {
            BOOL => self.put(if data[0] == 1 { b"true" } else { b"false" }),
            CHAR if data[1..] == [0; 3] && is_plain(&data[..1]) => self.put(&[b'\'', data[0], b'\'']),
            FLAGS => {
                self.put(b"flags(0x")?;
                let mut digits = [0; 16];
                self.put(hexadecimal(data, &mut digits))?;
                self.put(b")")
            }
            _ => {
                let (value, name) = integer(kind, data)?;
                let mut digits = [0; 40];
                let text = decimal(value, &mut digits);
                if text.len() > LONGEST_NUMBER {
                    self.put(&text[..4])?;
                    self.put_dots()?;
                    return self.put(&text[text.len() - 3..]);
                }
                self.put(text)?;
                if self.suffixed { self.put(name) } else { Some(()) }
            }
        }
    }
}

pub fn is_ok(payload: &[u8]) -> bool {
    // Behind the tag stand a flag and the only child.
    word(payload, payload.len() - 9) == 0
}

/// Whether a text shows as it is, a cell a byte.
pub fn is_plain(text: &[u8]) -> bool {
    text.iter().all(|byte| (0x20..0x7F).contains(byte))
}

/// The name that begins at a place.
pub fn name_at(payload: &[u8], at: usize) -> Option<&[u8]> {
    payload.get(at + 4..name_end(payload, at)?)
}

/// An integer and the name of its type.
pub fn integer(kind: u8, data: &[u8]) -> Option<(i128, &'static [u8])> {
    let (name, is_signed): (&[u8], bool) = match kind {
        0x0C => (b"u8", false),
        0x0D => (b"u16", false),
        0x0E => (b"u32", false),
        0x0F => (b"u64", false),
        0x10 => (b"s8", true),
        0x11 => (b"s16", true),
        0x02 => (b"s32", true),
        0x03 => (b"s64", true),
        _ => return None,
    };
    let is_negative = is_signed && data[data.len() - 1] >= 0x80;
    let mut whole = [if is_negative { 0xFF } else { 0 }; 16];
    whole[..data.len()].copy_from_slice(data);
    Some((i128::from_le_bytes(whole), name))
}

pub fn decimal(value: i128, digits: &mut [u8; 40]) -> &[u8] {
    let (mut at, mut rest) = (digits.len(), value.unsigned_abs() as u64);
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    &digits[at..]
}

pub fn hexadecimal<'a>(data: &[u8], digits: &'a mut [u8; 16]) -> &'a [u8] {
    for (at, &byte) in data.iter().rev().enumerate() {
        (digits[2 * at], digits[2 * at + 1]) = (hex(byte >> 4), hex(byte & 15));
    }
    let first = digits.iter().position(|&digit| digit != b'0').unwrap_or(15);
    &digits[first..]
}

fn hex(digit: u8) -> u8 {
    b"0123456789abcdef"[digit as usize]
}
