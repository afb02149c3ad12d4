//! The events of a native chain file, put into columns.

use crate::kinds::{self, BY_PAYLOAD, CALL, ERROR, OTHER, RESULT, SHUTDOWN};
use crate::crc32;
use crate::msgpack::Reader;
use crate::bytes;

pub const HASH: usize = 20;
const NO_CALL: u32 = u32::MAX;
const OTHER_PARENT: u8 = 4;
const STUB: u8 = 1;
/// Why an event is told to the host beside its columns: its parent is another one, its extras are the host's to read, or
/// they give a reason.
const ODD_PARENT: u32 = 1;
const ODD_EXTRAS: u32 = 2;
const ODD_REASON: u32 = 4;
const LONGEST: u64 = u32::MAX as u64;

/// An event type, as the host told it: its bytes, its JSON text, and the kind of its events.
#[repr(C)]
pub struct Type {
    pub name: u32,
    pub name_size: u32,
    pub json: u32,
    pub json_size: u32,
    pub kind: u32,
}

/// The types, and slots to find them by, of which the host makes room for a power of two, all 0 at first.
#[repr(C)]
pub struct Types {
    pub first: u32,
    pub slots: u32,
    pub mask: u32,
}

impl Types {
    pub unsafe fn at(&self, number: u32) -> &Type {
        &*(self.first as *const Type).add(number as usize)
    }

    unsafe fn slot(&self, name: &[u8]) -> *mut u32 {
        let mut hash = name.iter().fold(0x811C_9DC5u32, |hash, &byte| (hash ^ byte as u32).wrapping_mul(0x0100_0193));
        loop {
            let slot = (self.slots as *mut u32).add((hash & self.mask) as usize);
            if *slot == 0 || self.name(*slot - 1) == name {
                return slot;
            }
            hash = hash.wrapping_add(1);
        }
    }

    unsafe fn name(&self, number: u32) -> &[u8] {
        let known = self.at(number);
        bytes(known.name as usize, known.name_size as usize)
    }
}

/// Lets the types from `number` up to `stop` be found.
#[no_mangle]
pub unsafe extern "C" fn learn(types: &Types, number: u32, stop: u32) {
    for number in number..stop {
        *types.slot(types.name(number)) = number + 1;
    }
}

/// Where the columns of the next events begin; `odd` holds four numbers each: the event, why, and where its extras, or
/// the text of its reason, are.
#[repr(C)]
pub struct Columns {
    starts: *mut u64,
    times: *mut u64,
    durations: *mut u32,
    links: *mut u32,
    types: *mut u32,
    odd: *mut [u32; 4],
    hashes: *mut [u8; HASH],
    flags: *mut u8,
    kinds: *mut u8,
}

/// What goes on from one piece of a file to the next.
#[repr(C)]
pub struct Progress {
    /// Where in the file the bytes begin.
    base: u64,
    /// The number of the next event.
    number: u32,
    /// The number of the call that is open.
    open_call: u32,
    /// How many events follow the call that was open before these columns; 0 where none of them does.
    steps: u32,
    /// How many bytes were taken in, and how many events are odd.
    taken: u32,
    odd: u32,
    has_last: u32,
    /// Whether the bytes end inside of what would come next.
    is_short: u32,
    last: [u8; HASH],
}

struct Entry<'a> {
    hash: &'a [u8],
    parent: Option<&'a [u8]>,
    type_id: u32,
    kind: u8,
    beside: Beside,
    /// Where extras lie that are the host's to read.
    extras: Option<(usize, usize)>,
}

/// What plain extras tell.
#[derive(Default)]
struct Beside {
    time: u64,
    duration: u64,
    is_stub: bool,
    /// Where the text of a reason lies.
    reason: Option<(usize, usize)>,
}

/// Takes in up to `most` events that lie one behind the other as the writer lays them out, and stops before anything
/// else; how many.
#[no_mangle]
pub unsafe extern "C" fn index(
    data: usize,
    size: usize,
    most: u32,
    types: &Types,
    columns: &mut Columns,
    progress: &mut Progress,
) -> u32 {
    let mut reader = Reader::new(bytes(data, size), 0);
    let first = progress.number;
    (progress.odd, progress.taken, progress.is_short) = (0, 0, 0);
    for at in 0..most {
        let start = reader.at;
        let Some(entry) = entry(&mut reader, types) else {
            progress.is_short = reader.is_short as u32;
            return at;
        };
        progress.taken = reader.at as u32;
        append(columns, progress, &entry, start, first);
    }
    most
}

unsafe fn entry<'a>(reader: &mut Reader<'a>, types: &Types) -> Option<Entry<'a>> {
    let start = reader.at;
    if reader.take(3)? != b"\x97\xa1E" {
        return None;
    }
    let hash = reader.binary()?;
    let parent = reader.binary_or_nil()?;
    if hash.len() != HASH || parent.is_some_and(|parent| parent.len() != HASH) {
        return None;
    }
    let found = *types.slot(reader.text()?);
    let type_id = found.checked_sub(1)?;
    let payload = reader.binary()?;
    let extras = reader.at;
    let beside = beside(reader);
    if beside.is_none() {
        reader.at = extras;
        reader.is_short = false;
        reader.skip()?;
    }
    let end = reader.at;
    let checksum = reader.take(5)?;
    let stored = u32::from_be_bytes([checksum[1], checksum[2], checksum[3], checksum[4]]);
    if checksum[0] != 0xCE || crc32::of(&reader.data[start..end]) != stored {
        return None;
    }
    let kind = types.at(type_id).kind as u8;
    let kind = if kind == BY_PAYLOAD { kinds::kind_of(payload)? } else { kind };
    let odd = if beside.is_none() { Some((extras, end)) } else { None };
    Some(Entry { hash, parent, type_id, kind, beside: beside.unwrap_or_default(), extras: odd })
}

/// Time, duration, reason and whether a stub answered, where extras hold nothing else, each once.
fn beside(reader: &mut Reader) -> Option<Beside> {
    let mut found = Beside::default();
    let lead = reader.take(1)?[0];
    if lead == 0xC0 {
        return Some(found);
    }
    if !(0x80..=0x84).contains(&lead) {
        return None;
    }
    let mut told = 0;
    for _ in 0..lead & 0x0F {
        let key = match reader.text()? {
            b"t" => 1,
            b"d" => 2,
            b"stub" => 4,
            b"reason" => 8,
            _ => return None,
        };
        if told & key != 0 {
            return None;
        }
        told |= key;
        match key {
            1 => found.time = reader.natural()?,
            2 => found.duration = reader.natural()?,
            4 => found.is_stub = reader.boolean()?,
            _ => {
                let text = reader.text()?;
                core::str::from_utf8(text).ok()?;
                found.reason = Some((reader.at - text.len(), reader.at)).filter(|_| !text.is_empty());
            }
        }
    }
    Some(found)
}

unsafe fn append(columns: &mut Columns, progress: &mut Progress, entry: &Entry, start: usize, first: u32) {
    let number = progress.number;
    let at = (number - first) as usize;
    let last = if progress.has_last == 1 { Some(&progress.last[..]) } else { None };
    let other_parent = entry.parent != last;
    let (kind, mut link) = (entry.kind, progress.open_call);
    if kind == CALL {
        link = 0;
        progress.open_call = number;
    } else if link == NO_CALL || kind == SHUTDOWN || kind == OTHER {
        link = NO_CALL;
    } else {
        if kind == RESULT || kind == ERROR {
            progress.open_call = NO_CALL;
        }
        if link < first {
            progress.steps = number - link;
        } else {
            *columns.links.add((link - first) as usize) = number - link;
        }
    }
    *columns.starts.add(at) = progress.base + start as u64;
    *columns.times.add(at) = entry.beside.time;
    *columns.durations.add(at) = (entry.beside.duration / 1000).min(LONGEST) as u32;
    *columns.links.add(at) = link;
    *columns.types.add(at) = entry.type_id;
    *columns.flags.add(at) = if other_parent { OTHER_PARENT } else { 0 } | if entry.beside.is_stub { STUB } else { 0 };
    *columns.kinds.add(at) = kind;
    (*columns.hashes.add(at)).copy_from_slice(entry.hash);
    let (mut why, told) = match (entry.extras, entry.beside.reason) {
        (Some(extras), _) => (ODD_EXTRAS, extras),
        (None, Some(reason)) => (ODD_REASON, reason),
        (None, None) => (0, (0, 0)),
    };
    if other_parent {
        why |= ODD_PARENT;
    }
    if why != 0 {
        *columns.odd.add(progress.odd as usize) = [at as u32, why, told.0 as u32, told.1 as u32];
        progress.odd += 1;
    }
    progress.last.copy_from_slice(entry.hash);
    progress.has_last = 1;
    progress.number = number + 1;
}

/// Where a payload begins and ends.
#[repr(C)]
pub struct Span {
    pub begin: u32,
    pub end: u32,
}

/// Finds the payloads of entries that begin at these places, of which `base` is that of the data; of how many they are
/// where they belong. Places are compared by their low 32 bits.
#[no_mangle]
pub unsafe extern "C" fn payloads(
    data: usize,
    size: usize,
    starts: *const u64,
    base: u32,
    type_ids: *const u32,
    types: &Types,
    count: u32,
    spans: *mut Span,
) -> u32 {
    let data = bytes(data, size);
    for at in 0..count as usize {
        let name = types.name(*type_ids.add(at));
        let start = (*starts.add(at) as u32).wrapping_sub(base) as usize;
        let Some((begin, end)) = payload(data, start, name) else { return at as u32 };
        *spans.add(at) = Span { begin: begin as u32, end: end as u32 };
    }
    count
}

/// The same of payloads that lie one behind the other, with nothing between them.
#[no_mangle]
pub unsafe extern "C" fn bare(size: u32, starts: *const u64, base: u32, count: u32, spans: *mut Span) {
    let mut end = size;
    for at in (0..count as usize).rev() {
        let begin = (*starts.add(at) as u32).wrapping_sub(base);
        *spans.add(at) = Span { begin, end };
        end = begin;
    }
}

/// Moves payloads to the front of the data, one behind the other, and says in the place of each span where it begins,
/// where the first begins at a place of these two halves; of how many bytes they are.
#[no_mangle]
pub unsafe extern "C" fn close_up(data: *mut u8, spans: *mut Span, count: u32, low: u32, high: u32) -> u32 {
    let first = u64::from(high) << 32 | u64::from(low);
    let mut end = 0;
    for at in 0..count as usize {
        let place = spans.add(at);
        let span = place.read();
        let size = (span.end - span.begin) as usize;
        core::ptr::copy(data.add(span.begin as usize), data.add(end), size);
        place.cast::<u64>().write_unaligned(first.wrapping_add(end as u64));
        end += size;
    }
    end as u32
}

fn payload(data: &[u8], start: usize, name: &[u8]) -> Option<(usize, usize)> {
    let mut reader = Reader::new(data, start);
    if reader.take(3)? != b"\x97\xa1E" {
        return None;
    }
    reader.binary()?;
    reader.binary_or_nil()?;
    if reader.text()? != name {
        return None;
    }
    let payload = reader.binary()?;
    Some((reader.at - payload.len(), reader.at))
}
