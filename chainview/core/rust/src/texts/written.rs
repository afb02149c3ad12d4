//! Blocks of text as Theater writes them, of which the next follows at once; any other is left to the twin.

use crate::shape::Room;

const DIGITS: usize = 40;
const MARK: &[u8] = b"---\n";
/// How much is looked at behind what begins as a block, and is none.
const LONGEST_OTHER: usize = 512;
/// Digits of a hash that blocks of keys and values tell.
pub const SHORT: usize = 7;

/// Letters of a key that says nothing of an event.
const LONGEST_KEY: usize = 24;
/// Keys that do, in some of the forms that were written.
const KNOWN: [&[u8]; 14] = [
    b"hash", b"parent", b"type", b"function", b"params", b"state", b"response", b"result", b"interface", b"input",
    b"output", b"message", b"error", b"bytes",
];

/// What a text says of a hash: all of its digits, the first of them, or that there is none.
pub enum Said<'a> {
    Digits(&'a [u8]),
    Nothing,
}

impl Said<'_> {
    /// Whether it is said of this hash.
    pub fn is(&self, hash: Option<&[u8]>) -> bool {
        match (self, hash) {
            (Said::Nothing, None) => true,
            (Said::Digits(digits), Some(hash)) => digits.iter().enumerate().all(|(at, &digit)| {
                let byte = hash[at / 2];
                digit == b"0123456789abcdef"[(if at % 2 == 0 { byte >> 4 } else { byte & 15 }) as usize]
            }),
            _ => false,
        }
    }

    /// The hash that all of its digits tell; None where these are written otherwise.
    pub fn told(&self) -> Option<[u8; DIGITS / 2]> {
        let Said::Digits(digits) = self else { return None };
        let mut hash = [0; DIGITS / 2];
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(hash)
    }
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// One block: its links, its literal, and where the next begins.
pub struct Written<'a> {
    pub hash: Said<'a>,
    pub parent: Said<'a>,
    pub literal: &'a [u8],
    pub end: usize,
}

struct Lines<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    fn take(&mut self, text: &[u8]) -> Option<()> {
        if !self.data[self.at..].starts_with(text) {
            return None;
        }
        self.at += text.len();
        Some(())
    }

    /// The rest of the line.
    fn rest(&mut self) -> Option<&'a [u8]> {
        let rest = &self.data[self.at..];
        let size = rest.iter().position(|&byte| byte == b'\n')?;
        self.at += size + 1;
        Some(&rest[..size])
    }

    /// The rest of the line, which neither begins nor ends with what may be a blank.
    fn said(&mut self) -> Option<&'a [u8]> {
        let said = self.rest()?;
        if said.first()?.is_ascii_graphic() && said.last()?.is_ascii_graphic() { Some(said) } else { None }
    }

    fn digits(&mut self, count: usize) -> Option<Said<'a>> {
        let digits = self.rest()?;
        if digits.len() == count { Some(Said::Digits(digits)) } else { None }
    }

    /// The name behind a key; none where the key may be left out, and is.
    fn name(&mut self, key: &[u8], may_lack: bool) -> Option<&'a [u8]> {
        match self.take(key) {
            Some(()) => self.said(),
            None if may_lack => Some(b""),
            None => None,
        }
    }

    /// Passes over a line with a key that says nothing of an event, and whether one stood there.
    fn take_unknown(&mut self) -> bool {
        let rest = &self.data[self.at..];
        let size = rest.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        let Some(end) = rest.iter().position(|&byte| byte == b'\n') else { return false };
        if size == 0 || size > LONGEST_KEY || !rest[size..].starts_with(b": ") || KNOWN.contains(&&rest[..size]) {
            return false;
        }
        self.at += end + 1;
        true
    }

    /// The place, behind blank lines, where another block of keys and values begins.
    fn end_before_hash(&mut self) -> Option<usize> {
        while self.data.get(self.at) == Some(&b'\n') {
            self.at += 1;
        }
        let end = self.at;
        self.take(b"hash: ")?;
        Some(end)
    }

    /// As many digits of a hash as there may be.
    fn some_digits(&mut self) -> Option<Said<'a>> {
        let digits = self.rest()?;
        let is_hash = digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        if is_hash && (SHORT..=DIGITS).contains(&digits.len()) { Some(Said::Digits(digits)) } else { None }
    }
}

/// A `---` block at a place. Of one among such that `are_lost` blank lines may follow, and then what may be another.
pub fn block(data: &[u8], start: usize, are_lost: bool) -> Option<Written<'_>> {
    let mut lines = Lines { data, at: start };
    lines.take(b"---\nhash: ")?;
    let hash = lines.digits(DIGITS)?;
    lines.take(b"parent: ")?;
    let parent = if lines.take(b"root\n").is_some() { Said::Nothing } else { lines.digits(DIGITS)? };
    let literal = lines.said()?;
    while are_lost && matches!(data.get(lines.at), Some(b'\r' | b'\n')) {
        lines.at += 1;
    }
    let end = lines.at;
    lines.take(if are_lost && data[end - 1] == b'\n' { MARK } else { b"---\nhash: " })?;
    Some(Written { hash, parent, literal, end })
}

/// Where the next block begins behind what begins as one, and can't be one; None where that is not plain.
pub fn no_block(data: &[u8], start: usize) -> Option<usize> {
    let body = data[start..].strip_prefix(MARK)?;
    let blanks = body.iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
    if let Some(said) = body[blanks..].strip_prefix(b"hash:") {
        let digit = said.iter().find(|&&byte| byte != b' ' && byte != b'\t')?;
        if digit.is_ascii_hexdigit() {
            return None;
        }
    }
    let near = &body[..body.len().min(LONGEST_OTHER)];
    let at = near.windows(3).position(|here| here == &MARK[..3])?;
    let is_line = at == 0 || body[at - 1] == b'\n';
    if is_line && body[at..].starts_with(b"---\nhash: ") { Some(start + MARK.len() + at) } else { None }
}

/// Whether a literal says how large a payload was that is not held; None where it only begins so.
pub fn is_raw(literal: &[u8]) -> Option<bool> {
    let Some(said) = literal.strip_prefix(b"raw: ") else { return Some(false) };
    let digits = said.strip_suffix(b" bytes")?;
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) { Some(true) } else { None }
}

/// A block of keys and values at a place, whose values are put together into a literal. Of one that `is_lost`, behind a
/// hash that is not known, the parent and values may be left out.
pub unsafe fn keys<'a>(data: &'a [u8], start: usize, literal: &'a mut Room, is_lost: bool) -> Option<Written<'a>> {
    let mut lines = Lines { data, at: start };
    lines.take(b"hash: ")?;
    let hash = if is_lost { lines.some_digits()? } else { lines.digits(SHORT)? };
    let parent = match (lines.take(b"parent: "), is_lost) {
        (Some(()), true) => lines.some_digits()?,
        (Some(()), false) => lines.digits(SHORT)?,
        (None, true) => Said::Nothing,
        (None, false) => return None,
    };
    lines.take(b"type: ")?;
    let kind = lines.rest()?;
    let values: &[&[u8]] = match kind {
        b"call" => &[b"params: "],
        b"result" => &[b"state: ", b"response: "],
        b"host-call" => &[b"input: ", b"output: "],
        b"error" => &[],
        _ => return None,
    };
    literal.used = 0;
    literal.put(kind)?;
    if kind == b"host-call" {
        put_name(literal, b"\ninterface: ", lines.name(b"interface: ", is_lost)?)?;
    }
    put_name(literal, b"\nfunction: ", lines.name(b"function: ", is_lost)?)?;
    if kind == b"error" {
        put_name(literal, b"\n", lines.name(b"message: ", is_lost)?)?;
    }
    for key in values {
        literal.put(b"\n")?;
        match (lines.take(key), is_lost) {
            (Some(()), _) => literal.put(lines.said()?)?,
            (None, true) => literal.put(b"()")?,
            (None, false) => return None,
        }
    }
    while lines.take_unknown() || data.get(lines.at) == Some(&b'\n') {
        lines.at += (data.get(lines.at) == Some(&b'\n')) as usize;
    }
    let end = lines.at;
    lines.take(b"hash: ")?;
    let next = data.get(lines.at..lines.at + SHORT)?;
    if !is_lost && !next.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    Some(Written { hash, parent, literal: literal.held(), end })
}

/// A block of which nothing but a hash is told.
pub fn is_bare(data: &[u8], start: usize) -> Option<Written<'_>> {
    let mut lines = Lines { data, at: start };
    lines.take(b"hash: ")?;
    let hash = lines.some_digits()?;
    let end = lines.end_before_hash()?;
    Some(Written { hash, parent: Said::Nothing, literal: b"", end })
}

/// Where the next block begins behind one of a line that tells no hash; None where that is not plain.
pub fn no_keys(data: &[u8], start: usize) -> Option<usize> {
    let mut lines = Lines { data, at: start };
    lines.take(b"hash: ")?;
    let said = lines.rest()?.trim_ascii();
    if !said.is_ascii() || said.len() > LONGEST_OTHER || said.iter().all(u8::is_ascii_hexdigit) && said.len() >= SHORT {
        return None;
    }
    lines.end_before_hash()
}

/// Puts a name in quotes behind its key, whether those stand there or not.
unsafe fn put_name(literal: &mut Room, key: &[u8], said: &[u8]) -> Option<()> {
    let quoted = said.len() > 1 && said[0] == b'"' && said[said.len() - 1] == b'"';
    let name = if quoted { &said[1..said.len() - 1] } else { said };
    if name.iter().any(|&byte| byte == b'"' || byte == b'\\') {
        return None;
    }
    literal.put(key)?;
    literal.put(b"\"")?;
    literal.put(name)?;
    literal.put(b"\"")
}
