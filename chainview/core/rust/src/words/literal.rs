//! Values as Pack literals; floats, and names that hold control characters, are left to the twin.

use super::brief::{decimal, hexadecimal, integer, is_ok, name_at, BOOL, CHAR, FLAGS, STRING};
use crate::cgrf::{name_end, word, Nodes, ARRAY, LIST, OPTION, RECORD, RESULT, TUPLE, VARIANT};
use crate::shape::Room;

/// Puts the literal of a value behind what stands in a room.
pub unsafe fn put(nodes: &Nodes, node: usize, room: &mut Room) -> Option<()> {
    let (kind, payload) = (nodes.kind(node), nodes.payload(node));
    match kind {
        STRING => {
            room.put(b"\"")?;
            put_escaped(&payload[4..], b'"', room)?;
            room.put(b"\"")
        }
        ARRAY => put_array(payload, room),
        TUPLE => put_held(nodes, node, b"(", b")", room),
        LIST if nodes.count(node) > 0 => put_held(nodes, node, b"[", b"]", room),
        LIST => {
            room.put(b"[]<")?;
            put_type(payload, 0, room)?;
            room.put(b">")
        }
        RECORD => put_record(nodes, node, room),
        VARIANT => {
            let behind = name_end(payload, 0)?;
            put_name(name_at(payload, 0)?, room)?;
            room.put(b"::")?;
            put_name(name_at(payload, behind)?, room)?;
            if nodes.count(node) > 0 { put_held(nodes, node, b"(", b")", room) } else { Some(()) }
        }
        OPTION => {
            let is_none = nodes.count(node) == 0;
            room.put(if is_none { b"none<" } else { b"some<" })?;
            put_type(payload, 0, room)?;
            room.put(b">")?;
            if is_none { Some(()) } else { put_held(nodes, node, b"(", b")", room) }
        }
        RESULT => {
            room.put(if is_ok(payload) { b"ok<" } else { b"err<" })?;
            let behind = put_type(payload, 0, room)?;
            room.put(b", ")?;
            put_type(payload, behind, room)?;
            room.put(b">")?;
            put_held(nodes, node, b"(", b")", room)
        }
        _ => put_scalar(kind, payload, room),
    }
}

unsafe fn put_held(nodes: &Nodes, node: usize, opening: &[u8], closing: &[u8], room: &mut Room) -> Option<()> {
    room.put(opening)?;
    for at in 0..nodes.count(node) {
        if at > 0 {
            room.put(b", ")?;
        }
        put(nodes, nodes.child(node, at), room)?;
    }
    room.put(closing)
}

unsafe fn put_record(nodes: &Nodes, node: usize, room: &mut Room) -> Option<()> {
    let payload = nodes.payload(node);
    put_name(name_at(payload, 0)?, room)?;
    room.put(b"{")?;
    let mut place = name_end(payload, 0)? + 4;
    for at in 0..nodes.count(node) {
        if at > 0 {
            room.put(b", ")?;
        }
        let name = name_at(payload, place)?;
        place += 4 + name.len();
        put_name(name, room)?;
        room.put(b": ")?;
        put(nodes, nodes.child(node, at), room)?;
    }
    room.put(b"}")
}

unsafe fn put_array(payload: &[u8], room: &mut Room) -> Option<()> {
    let (kind, count) = (payload[0], word(payload, 1) as usize);
    room.put(b"[")?;
    if count == 0 {
        room.put(b"]<")?;
        put_type(payload, 0, room)?;
        return room.put(b">");
    }
    for (at, element) in payload[5..].chunks((payload.len() - 5) / count).enumerate() {
        if at > 0 {
            room.put(b", ")?;
        }
        put_scalar(kind, element, room)?;
    }
    room.put(b"]")
}

unsafe fn put_scalar(kind: u8, data: &[u8], room: &mut Room) -> Option<()> {
    match kind {
        BOOL => room.put(if data[0] == 1 { b"true" } else { b"false" }),
        CHAR => {
            let mut letter = [0; 4];
            room.put(b"'")?;
            put_escaped(char::from_u32(word(data, 0))?.encode_utf8(&mut letter).as_bytes(), b'\'', room)?;
            room.put(b"'")
        }
        FLAGS => {
            let mut digits = [0; 16];
            room.put(b"flags(0x")?;
            room.put(hexadecimal(data, &mut digits))?;
            room.put(b")")
        }
        _ => {
            let (value, name) = integer(kind, data)?;
            let mut digits = [0; 40];
            room.put(decimal(value, &mut digits))?;
            room.put(name)
        }
    }
}

unsafe fn put_escaped(text: &[u8], quote: u8, room: &mut Room) -> Option<()> {
    let mut begin = 0;
    for (at, &byte) in text.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            _ if byte == quote => {
                if quote == b'"' { b"\\\"" } else { b"\\'" }
            }
            0..=0x1F => return None,
            _ => continue,
        };
        room.put(&text[begin..at])?;
        room.put(escape)?;
        begin = at + 1;
    }
    room.put(&text[begin..])
}

/// Puts a name, in which nothing is that stands between texts.
pub unsafe fn put_name(name: &[u8], room: &mut Room) -> Option<()> {
    if name.iter().any(|&byte| byte < 0x20) { None } else { room.put(name) }
}

/// Puts the type that is told at a place, and says where it ends.
unsafe fn put_type(data: &[u8], at: usize, room: &mut Room) -> Option<usize> {
    let word_of: &[u8] = match *data.get(at)? {
        LIST => b"list<",
        OPTION => b"option<",
        RESULT => b"result<",
        TUPLE => b"tuple<",
        RECORD | VARIANT => {
            put_name(name_at(data, at + 1)?, room)?;
            return name_end(data, at + 1);
        }
        kind => {
            room.put(match kind {
                BOOL => b"bool",
                0x04 => b"f32",
                0x05 => b"f64",
                STRING => b"string",
                CHAR => b"char",
                FLAGS => b"flags",
                _ => integer(kind, &[0])?.1,
            })?;
            return Some(at + 1);
        }
    };
    room.put(word_of)?;
    let (mut end, parts) = match data[at] {
        RESULT => (at + 1, 2),
        TUPLE => (at + 5, word(data, at + 1)),
        _ => (at + 1, 1),
    };
    for part in 0..parts {
        if part > 0 {
            room.put(b", ")?;
        }
        end = put_type(data, end, room)?;
    }
    room.put(b">")?;
    Some(end)
}
