//! CGRF values exactly as the encoder writes them; what only it might write, but need not, is left to the twin.

use crate::shape::Room;

pub const HEADER: usize = 16;
pub const HEAD: usize = 8;
const STRING: u8 = 0x06;
pub const LIST: u8 = 0x07;
pub const VARIANT: u8 = 0x08;
pub const RECORD: u8 = 0x09;
pub const OPTION: u8 = 0x0A;
pub const TUPLE: u8 = 0x0B;
const BOOL: u8 = 0x01;
const CHAR: u8 = 0x12;
pub const RESULT: u8 = 0x14;
pub const ARRAY: u8 = 0x15;
/// Levels of a value, and of a type, of which more are left to the twin.
const DEEPEST: u32 = 120;

/// The nodes of a value: where each begins, and how many others it refers to, which it tells in its last words.
pub struct Nodes<'a> {
    pub data: &'a [u8],
    starts: &'a mut [u32],
    counts: &'a mut [u32],
    pub count: usize,
}

pub fn word(data: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]])
}

fn word_at(data: &[u8], at: usize) -> Option<u32> {
    if at + 4 <= data.len() { Some(word(data, at)) } else { None }
}

impl<'a> Nodes<'a> {
    /// The nodes of a value that has this version; None where there are more than room for them.
    pub fn of(data: &'a [u8], version: u32, starts: &'a mut [u32], counts: &'a mut [u32]) -> Option<Nodes<'a>> {
        if data.len() < HEADER || &data[..4] != b"CGRF" || word(data, 4) != version {
            return None;
        }
        let count = word(data, 8) as usize;
        if count == 0 || count >= starts.len() || word(data, 12) as usize != count - 1 {
            return None;
        }
        let mut at = HEADER;
        for start in &mut starts[..count] {
            *start = at as u32;
            let head = data.get(at..at + HEAD)?;
            if head[1..4] != [0; 3] {
                return None;
            }
            at = at.checked_add(HEAD)?.checked_add(word(head, 4) as usize)?;
        }
        starts[count] = at as u32;
        if at == data.len() { Some(Nodes { data, starts, counts, count }) } else { None }
    }

    pub fn kind(&self, node: usize) -> u8 {
        self.data[self.starts[node] as usize]
    }

    pub fn payload(&self, node: usize) -> &'a [u8] {
        &self.data[self.starts[node] as usize + HEAD..self.starts[node + 1] as usize]
    }

    /// The bytes of the nodes from one up to another.
    pub fn bytes(&self, first: usize, stop: usize) -> &'a [u8] {
        &self.data[self.starts[first] as usize..self.starts[stop] as usize]
    }

    /// How many others a node refers to that was walked.
    pub fn count(&self, node: usize) -> usize {
        self.counts[node] as usize
    }

    /// The node that a walked one refers to at a place.
    pub fn child(&self, node: usize, at: usize) -> usize {
        let payload = self.payload(node);
        word(payload, payload.len() - 4 * (self.count(node) - at)) as usize
    }

    /// Where the value begins that ends with a node; None where it is not as the encoder writes it.
    pub fn walk(&mut self, node: usize, deepest: u32) -> Option<usize> {
        let count = children(self.kind(node), self.payload(node))?;
        if deepest == 0 {
            return None;
        }
        self.counts[node] = count as u32;
        let mut first = node;
        for at in (0..count).rev() {
            if first == 0 || self.child(node, at) != first - 1 {
                return None;
            }
            first = self.walk(first - 1, deepest - 1)?;
        }
        Some(first)
    }

    /// As `walk`, from the outermost level on.
    pub fn first(&mut self, root: usize) -> Option<usize> {
        self.walk(root, DEEPEST)
    }

    /// Puts the walked nodes from one up to another, which refer to nodes by numbers that are less by `less`.
    pub unsafe fn put(&self, first: usize, stop: usize, less: i32, room: &mut Room) -> Option<()> {
        let begin = room.used;
        room.put(self.bytes(first, stop))?;
        if less == 0 {
            return Some(());
        }
        for node in first..stop {
            let end = begin + (self.starts[node + 1] - self.starts[first]) as usize;
            for at in 0..self.count(node) {
                let place = room.at.add(end - 4 * (at + 1)) as *mut u32;
                place.write_unaligned(place.read_unaligned().wrapping_sub(less as u32));
            }
        }
        Some(())
    }
}

/// To how many nodes a node refers, by numbers at its end; None where it is not as the encoder writes it.
fn children(kind: u8, payload: &[u8]) -> Option<usize> {
    let width = match kind {
        STRING => return if name_end(payload, 0)? == payload.len() { Some(0) } else { None },
        ARRAY => return if is_array(payload) { Some(0) } else { None },
        BOOL => return if payload.len() == 1 && payload[0] < 2 { Some(0) } else { None },
        CHAR => return if payload.len() == 4 && is_char(payload) { Some(0) } else { None },
        _ => width(kind),
    };
    if width > 0 {
        return if payload.len() == width { Some(0) } else { None };
    }
    let (at, count) = match kind {
        TUPLE => (4, word_at(payload, 0)?),
        LIST => {
            if width_of_element(*payload.first()?) > 0 {
                return None;
            }
            let at = type_end(payload, 0, DEEPEST)?;
            (at + 4, word_at(payload, at)?)
        }
        OPTION => {
            let at = type_end(payload, 0, DEEPEST)?;
            let flag = *payload.get(at)?;
            if flag > 1 {
                return None;
            }
            (at + 1, flag as u32)
        }
        RESULT => {
            let at = type_end(payload, type_end(payload, 0, DEEPEST)?, DEEPEST)?;
            if word_at(payload, at)? > 1 || *payload.get(at + 4)? != 1 {
                return None;
            }
            (at + 5, 1)
        }
        RECORD => {
            let mut at = name_end(payload, 0)?;
            let count = word_at(payload, at)?;
            at += 4;
            for _ in 0..count {
                at = name_end(payload, at)?;
            }
            (at, count)
        }
        VARIANT => {
            let at = name_end(payload, name_end(payload, 0)?)?;
            (at + 8, word_at(payload, at + 4)?)
        }
        _ => return None,
    };
    if (payload.len() - at) as u64 == 4 * count as u64 { Some(count as usize) } else { None }
}

/// Where a name ends that begins at a place.
pub fn name_end(data: &[u8], at: usize) -> Option<usize> {
    let end = (at + 4).checked_add(word_at(data, at)? as usize)?;
    core::str::from_utf8(data.get(at + 4..end)?).ok()?;
    Some(end)
}

fn type_end(data: &[u8], at: usize, deepest: u32) -> Option<usize> {
    let deepest = deepest.checked_sub(1)?;
    match *data.get(at)? {
        0x01..=0x06 | 0x0C..=0x13 => Some(at + 1),
        LIST | OPTION => type_end(data, at + 1, deepest),
        RESULT => type_end(data, type_end(data, at + 1, deepest)?, deepest),
        RECORD | VARIANT => name_end(data, at + 1),
        TUPLE => {
            let mut end = at + 5;
            for _ in 0..word_at(data, at + 1)? {
                end = type_end(data, end, deepest)?;
            }
            Some(end)
        }
        _ => None,
    }
}

/// The bytes of a number of that kind; 0 for any other.
fn width(kind: u8) -> usize {
    match kind {
        0x0C | 0x10 => 1,
        0x0D | 0x11 => 2,
        0x02 | 0x04 | 0x0E => 4,
        0x03 | 0x05 | 0x0F | 0x13 => 8,
        _ => 0,
    }
}

/// The bytes of an element of a list of that type, where such lists are arrays; 0 for any other.
fn width_of_element(kind: u8) -> usize {
    match kind {
        BOOL => 1,
        CHAR => 4,
        _ => width(kind),
    }
}

fn is_array(payload: &[u8]) -> bool {
    if payload.len() < 5 {
        return false;
    }
    let (kind, held) = (payload[0], &payload[5..]);
    let width = width_of_element(kind) as u64;
    let fills = width > 0 && held.len() as u64 == width * word(payload, 1) as u64;
    match kind {
        BOOL => fills && held.iter().all(|&byte| byte < 2),
        CHAR => fills && held.chunks(4).all(is_char),
        _ => fills,
    }
}

fn is_char(data: &[u8]) -> bool {
    char::from_u32(word(data, 0)).is_some()
}
