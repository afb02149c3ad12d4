//! A literal as what stands around its leaves, and the nodes of those.

const STRING: u8 = 0x06;
const ARRAY: u8 = 0x15;
const U8: u8 = 0x0C;
/// The kinds of nodes of u8 to u64, and of s8 to s64.
const KINDS: [u8; 8] = [U8, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x02, 0x03];
const EMPTY_ARRAY: u32 = 5;
/// Digits of a number, beside its sign, of more than which only some are taken for it.
const MOST_DIGITS: usize = 20;
/// What stands before a text of which an event's type may be made.
const NAMING: [&[u8]; 4] = [b"interface: ", b"function: ", b"function-name: ", b"function_name: "];
const MOST_NAMES: usize = 4;
const OF_CALL: [&[u8]; 2] = [b"function-name: ", b"function_name: "];
const OF_CALL_BY_KEYS: [&[u8]; 3] = [b"call\nfunction: ", b"result\nfunction: ", b"error\nfunction: "];
const BETWEEN_NAMES: [&[u8]; 2] = [b", function: ", b"\nfunction: "];
/// What stands in the place of a name, beside which the type of a call is another.
const SHUTDOWN: &[u8] = b"\"shutdown\"";

/// Bytes put one behind the other into a room of some size.
pub struct Room {
    pub at: *mut u8,
    pub used: usize,
    pub size: usize,
}

impl Room {
    pub unsafe fn put(&mut self, data: &[u8]) -> Option<()> {
        if data.len() > self.size - self.used {
            return None;
        }
        core::ptr::copy_nonoverlapping(data.as_ptr(), self.at.add(self.used), data.len());
        self.used += data.len();
        Some(())
    }

    pub unsafe fn held<'a>(&self) -> &'a [u8] {
        core::slice::from_raw_parts(self.at, self.used)
    }
}

/// What a literal is cut into: the text around its leaves, with a NUL in the place of each and, behind another, those
/// that may be names; and the nodes of its leaves, of which `ends` has where each ends. Of a host call the names are its
/// first two leaves, which are not `around`, and `names` has where their texts lie in the literal.
pub struct Parts {
    pub around: Room,
    pub nodes: Room,
    pub ends: *mut u32,
    pub count: usize,
    pub most: usize,
    pub names: Option<[(usize, usize); 2]>,
}

/// Cuts a literal, as the twin does; None where that is left to it.
pub unsafe fn cut(text: &[u8], parts: &mut Parts) -> Option<()> {
    (parts.around.used, parts.nodes.used, parts.count) = (0, 0, 0);
    let mut names = [(0usize, 0usize); MOST_NAMES];
    let mut first = [(0usize, 0usize); 2];
    let (mut naming, mut at, mut seam) = (0, 0, 0);
    while at < text.len() {
        let end = match text[at] {
            b'"' => text_end(text, at)?,
            b'[' => list_end(text, at),
            b'-' | b'0'..=b'9' => match number_end(text, at)? {
                Some(end) => end,
                None => {
                    at = digits_end(text, at + 1);
                    continue;
                }
            },
            0 | b'\\' => return None,
            _ => at,
        };
        if end == at {
            at += 1;
            continue;
        }
        let before = &text[seam..at];
        if NAMING.iter().any(|name| before.ends_with(name)) {
            if naming < MOST_NAMES {
                names[naming] = (at, end);
            }
            naming += 1;
        }
        if parts.count < 2 {
            first[parts.count] = (at, end);
        }
        parts.around.put(before)?;
        parts.around.put(b"\0")?;
        put_node(&text[at..end], &text[end..], parts)?;
        (at, seam) = (end, end);
    }
    parts.around.put(&text[seam..])?;
    parts.names = if parts.count > 1 && is_host_call(text, &first) { Some(first) } else { None };
    if parts.names.is_some() || (parts.count > 0 && is_call(text, first[0])) {
        return Some(());
    }
    for &(begin, end) in names.get(..naming)? {
        parts.around.put(b"\0")?;
        parts.around.put(&text[begin..end])?;
    }
    Some(())
}

/// Whether the first two leaves, which lie there, are texts that name what a host call calls.
fn is_host_call(text: &[u8], first: &[(usize, usize); 2]) -> bool {
    let [(begin, end), (next, _)] = *first;
    text[begin] == b'"'
        && text[next] == b'"'
        && is_outer(&text[..begin])
        && text[..begin].ends_with(b"interface: ")
        && BETWEEN_NAMES.contains(&&text[end..next])
}

/// Whether the first leaf, which lies there, is the name of a call, or of how it ended, that makes no type of its own.
fn is_call(text: &[u8], first: (usize, usize)) -> bool {
    let before = &text[..first.0];
    is_outer(before)
        && (OF_CALL_BY_KEYS.contains(&before) || OF_CALL.iter().any(|name| before.ends_with(name)))
        && &text[first.0..first.1] != SHUTDOWN
}

fn is_outer(before: &[u8]) -> bool {
    before.iter().filter(|&&byte| byte == b'{').count() <= 1
}

/// Where a text in quotes ends; None where it does not, or holds what is left to the twin.
fn text_end(text: &[u8], at: usize) -> Option<usize> {
    let inner = &text[at + 1..];
    let size = inner.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte == 0)?;
    if inner[size] == b'"' { Some(at + 1 + size + 1) } else { None }
}

/// Where a list of numbers of the type u8 ends; its begin where it is none.
fn list_end(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        let digits = digits_end(text, at) - at;
        if digits == 0 || digits > 3 || !text[at + digits..].starts_with(b"u8") {
            return start;
        }
        at += digits + 2;
        if text[at..].starts_with(b", ") {
            at += 2;
        } else {
            return if text.get(at) == Some(&b']') { at + 1 } else { start };
        }
    }
}

fn digits_end(text: &[u8], start: usize) -> usize {
    let mut at = start;
    while at < text.len() && text[at].is_ascii_digit() {
        at += 1;
    }
    at
}

/// Where the digits of a number end behind which its type stands; None inside where it is none, and outside where it is
/// so long that the twin takes only the last digits for it.
fn number_end(text: &[u8], start: usize) -> Option<Option<usize>> {
    let end = digits_end(text, start + 1);
    if end - start > MOST_DIGITS {
        return None;
    }
    Some(if integer(&text[end..]).is_some() { Some(end) } else { None })
}

/// The kind of node and the width of the integer type whose name these letters begin with.
fn integer(behind: &[u8]) -> Option<(u8, usize)> {
    let (signed, digits) = match behind.first()? {
        b'u' => (0, &behind[1..]),
        b's' => (4, &behind[1..]),
        _ => return None,
    };
    let (step, width, size) = match (digits.first()?, digits.get(1)) {
        (b'8', _) => (0, 1, 1),
        (b'1', Some(b'6')) => (1, 2, 2),
        (b'3', Some(b'2')) => (2, 4, 2),
        (b'6', Some(b'4')) => (3, 8, 2),
        _ => return None,
    };
    if digits.get(size).is_some_and(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    Some((KINDS[signed + step], width))
}

unsafe fn put_node(leaf: &[u8], behind: &[u8], parts: &mut Parts) -> Option<()> {
    let nodes = &mut parts.nodes;
    match leaf[0] {
        b'"' => {
            let said = &leaf[1..leaf.len() - 1];
            put_head(nodes, STRING, said.len() as u32 + 4)?;
            nodes.put(&(said.len() as u32).to_le_bytes())?;
            nodes.put(said)?;
        }
        b'[' => {
            let count = leaf.iter().filter(|&&byte| byte == b'u').count() as u32;
            put_head(nodes, ARRAY, count + EMPTY_ARRAY)?;
            nodes.put(&[U8])?;
            nodes.put(&count.to_le_bytes())?;
            let mut at = 1;
            for _ in 0..count {
                let end = digits_end(leaf, at);
                let value = natural(&leaf[at..end])?;
                nodes.put(&[u8::try_from(value).ok()?])?;
                at = end + 4;
            }
        }
        _ => {
            let (kind, width) = integer(behind)?;
            let negative = leaf[0] == b'-';
            let value = natural(if negative { &leaf[1..] } else { leaf })?;
            let most = if behind[0] == b'u' { u128::MAX >> (128 - 8 * width) } else { (1 << (8 * width - 1)) - 1 };
            if value > most + (negative && behind[0] == b's') as u128 || (negative && behind[0] == b'u' && value > 0) {
                return None;
            }
            let value = if negative { value.wrapping_neg() } else { value };
            put_head(nodes, kind, width as u32)?;
            nodes.put(&value.to_le_bytes()[..width])?;
        }
    }
    if parts.count == parts.most {
        return None;
    }
    *parts.ends.add(parts.count) = parts.nodes.used as u32;
    parts.count += 1;
    Some(())
}

unsafe fn put_head(nodes: &mut Room, kind: u8, size: u32) -> Option<()> {
    nodes.put(&[kind, 0, 0, 0])?;
    nodes.put(&size.to_le_bytes())
}

fn natural(digits: &[u8]) -> Option<u128> {
    if digits.is_empty() {
        return None;
    }
    Some(digits.iter().fold(0, |value, &digit| value * 10 + (digit - b'0') as u128))
}
