//! The lines of events, and their values as literals, where all in them has room and is plain; the twin has all others.

use super::brief::{is_ok, is_plain, items, name_at, short, STRING};
use crate::cgrf::{name_end, word, Nodes, RECORD, RESULT, TUPLE, VARIANT};
use crate::index::Span;
use crate::kinds::RESULT as RESULT_KIND;
use crate::shape::Room;
use super::{changed, literal};
use crate::bytes;

const LONGEST_NAME: usize = 48;
const MOST_NODES: usize = 256;
const MOST_ITEMS: usize = 128;
const SMALL: usize = 2048;
const DIM_GAP: &[u8] = b"   ";
const HOST: [&[u8]; 2] = [b"host-function", b"HostFunction"];
const WASM: [&[u8]; 2] = [b"wasm", b"Wasm"];
const CALLED: [&[u8]; 2] = [b"wasm-call", b"WasmCall"];
const RETURNED: [&[u8]; 2] = [b"wasm-result", b"WasmResult"];
const FUNCTION: [&[u8]; 2] = [b"function-name", b"function_name"];

/// What is told of each event.
#[repr(C)]
pub struct Asked {
    /// About how many characters a line has.
    room: u32,
    /// Whether names and literals are told behind each line.
    literals: u32,
    /// Whether a state stands beside events, which the twin knows.
    shown: u32,
}

/// Tells events: their texts, with a NUL between two of one and a line break behind each event, which stands alone where
/// only the twin can tell. They are put at `out`, for which there are `size` bytes. Gives how many bytes those are; 0
/// where there is no room even for the line breaks.
#[no_mangle]
pub unsafe extern "C" fn tell(
    data: usize,
    spans: *const Span,
    kinds: *const u8,
    count: u32,
    asked: &Asked,
    out: *mut u8,
    size: usize,
) -> usize {
    let mut room = Room { at: out, used: 0, size };
    let mut before: Option<&[u8]> = None;
    for at in 0..count as usize {
        let span = &*spans.add(at);
        let payload = bytes(data + span.begin as usize, (span.end - span.begin) as usize);
        let (begin, left) = (room.used, count as usize - at);
        if left > size - begin {
            return 0;
        }
        room.size = size - left;
        let kind = *kinds.add(at);
        if put_event(payload, kind, before, asked, &mut room).is_none() {
            room.used = begin;
        }
        room.size = size;
        if room.put(b"\n").is_none() {
            return 0;
        }
        if kind == RESULT_KIND {
            before = Some(payload);
        }
    }
    room.used
}

struct Places([u32; MOST_NODES], [u32; MOST_NODES]);

impl Places {
    fn new() -> Places {
        Places([0; MOST_NODES], [0; MOST_NODES])
    }

    /// The nodes of a payload that is as the encoder writes it.
    fn nodes<'a>(&'a mut self, payload: &'a [u8]) -> Option<Nodes<'a>> {
        let version = word(payload.get(..8)?, 4);
        if !(2..=3).contains(&version) {
            return None;
        }
        let mut nodes = Nodes::of(payload, version, &mut self.0, &mut self.1)?;
        if nodes.first(nodes.count - 1)? == 0 { Some(nodes) } else { None }
    }
}

unsafe fn put_event(payload: &[u8], kind: u8, before: Option<&[u8]>, asked: &Asked, room: &mut Room) -> Option<()> {
    let mut places = Places::new();
    let nodes = places.nodes(payload)?;
    let (case, inner) = held(&nodes, nodes.count - 1)?;
    if HOST.contains(&case) {
        return put_host_call(&nodes, inner, asked, room);
    }
    if !WASM.contains(&case) {
        return None;
    }
    let (case, record) = held(&nodes, inner)?;
    if CALLED.contains(&case) {
        return put_call(&nodes, record, asked, room);
    }
    if !RETURNED.contains(&case) || kind != RESULT_KIND {
        return None;
    }
    let result = Returned::of(&nodes, record)?;
    if asked.shown == 1 {
        return None;
    }
    result.put(&nodes, before, asked, room)
}

/// The case of a variant, and what alone it holds.
fn held<'a>(nodes: &Nodes<'a>, node: usize) -> Option<(&'a [u8], usize)> {
    if nodes.kind(node) != VARIANT || nodes.count(node) != 1 {
        return None;
    }
    let payload = nodes.payload(node);
    Some((name_at(payload, name_end(payload, 0)?)?, nodes.child(node, 0)))
}

/// The name and the value of a field of a record.
fn field<'a>(nodes: &Nodes<'a>, record: usize, at: usize) -> Option<(&'a [u8], usize)> {
    if nodes.kind(record) != RECORD || at >= nodes.count(record) {
        return None;
    }
    let payload = nodes.payload(record);
    let mut place = name_end(payload, 0)? + 4;
    for _ in 0..at {
        place = name_end(payload, place)?;
    }
    Some((name_at(payload, place)?, nodes.child(record, at)))
}

fn named(nodes: &Nodes, record: usize, at: usize, name: &[u8]) -> Option<usize> {
    let (known, node) = field(nodes, record, at)?;
    if known == name { Some(node) } else { None }
}

fn text<'a>(nodes: &Nodes<'a>, node: usize) -> Option<&'a [u8]> {
    if nodes.kind(node) == STRING { Some(&nodes.payload(node)[4..]) } else { None }
}

fn behind_last(text: &[u8], mark: u8) -> &[u8] {
    let begin = text.iter().rposition(|&byte| byte == mark).map_or(0, |at| at + 1);
    &text[begin..]
}

fn is_unit(nodes: &Nodes, node: usize) -> bool {
    nodes.kind(node) == TUPLE && nodes.count(node) == 0
}

unsafe fn put_text(text: &[u8], room: &mut Room) -> Option<i64> {
    if text.len() > LONGEST_NAME || !is_plain(text) {
        return None;
    }
    room.put(text)?;
    Some(text.len() as i64)
}

/// The single arguments in what a call was given.
fn arguments<'a>(nodes: &Nodes, node: usize, given: &'a mut [u32; MOST_ITEMS]) -> Option<&'a [u32]> {
    if nodes.kind(node) != TUPLE {
        given[0] = node as u32;
        return Some(&given[..1]);
    }
    let count = nodes.count(node);
    for (at, each) in given.get_mut(..count)?.iter_mut().enumerate() {
        *each = nodes.child(node, at) as u32;
    }
    Some(&given[..count])
}

unsafe fn put_literals(nodes: &Nodes, names: &[&[u8]], parts: &[usize], asked: &Asked, room: &mut Room) -> Option<()> {
    if asked.literals == 0 {
        return Some(());
    }
    for name in names {
        room.put(b"\0")?;
        literal::put_name(name, room)?;
    }
    for &part in parts {
        room.put(b"\0")?;
        literal::put(nodes, part, room)?;
    }
    Some(())
}

unsafe fn put_call(nodes: &Nodes, record: usize, asked: &Asked, room: &mut Room) -> Option<()> {
    let (name, function) = field(nodes, record, 0)?;
    let params = named(nodes, record, 1, b"params")?;
    // Bytes may be params that are packed.
    if !FUNCTION.contains(&name) || nodes.count(record) != 2 || nodes.kind(params) == crate::cgrf::ARRAY {
        return None;
    }
    let function = text(nodes, function)?;
    let shown = put_text(behind_last(behind_last(function, b'/'), b'.'), room)?;
    room.put(b"(")?;
    let mut given = [0; MOST_ITEMS];
    items(nodes, arguments(nodes, params, &mut given)?, asked.room as i64 - shown - 2, b", ", true, room)?;
    room.put(b")")?;
    put_literals(nodes, &[function], &[params], asked, room)
}

unsafe fn put_host_call(nodes: &Nodes, record: usize, asked: &Asked, room: &mut Room) -> Option<()> {
    let interface = text(nodes, named(nodes, record, 0, b"interface")?)?;
    let function = text(nodes, named(nodes, record, 1, b"function")?)?;
    let input = named(nodes, record, 2, b"input")?;
    let output = named(nodes, record, 3, b"output")?;
    if nodes.count(record) != 4 {
        return None;
    }
    let whole = asked.room as i64;
    room.put("→ ".as_bytes())?;
    let mut cells = 2 + put_text(behind_last(interface, b'/'), room)? + 1;
    room.put(b".")?;
    cells += put_text(function, room)?;
    let mut small = [0u8; SMALL];
    let mut answer = Room { at: small.as_mut_ptr(), used: 0, size: SMALL };
    let (mut answered, mut is_cut) = (0, false);
    if !is_unit(nodes, output) {
        let shown = short(nodes, output, 16.max(whole * 2 / 5), &mut answer)?;
        (answered, is_cut) = (3 + shown.cells, shown.is_cut);
    }
    let mut given = [0; MOST_ITEMS];
    let asked_for = arguments(nodes, input, &mut given)?;
    let left = 16.max(whole - cells - answered - 1);
    if !asked_for.is_empty() {
        room.put(b" ")?;
        cells += 1 + items(nodes, asked_for, left, b" ", false, room)?.cells;
    }
    if is_cut {
        // What the question leaves is the answer's.
        let spare = whole - cells - 3;
        if spare > answered - 3 {
            answer.used = 0;
            short(nodes, output, spare, &mut answer)?;
        }
    }
    if answered > 0 {
        room.put(b" = ")?;
        room.put(answer.held())?;
    }
    put_literals(nodes, &[interface, function], &[input, output], asked, room)
}

/// What an export returned.
struct Returned<'a> {
    function: &'a [u8],
    state: Option<usize>,
    response: usize,
}

impl<'a> Returned<'a> {
    fn of(nodes: &Nodes<'a>, record: usize) -> Option<Returned<'a>> {
        let (name, function) = field(nodes, record, 0)?;
        let count = nodes.count(record);
        if !FUNCTION.contains(&name) || !(2..=3).contains(&count) {
            return None;
        }
        let state = if count == 3 { Some(named(nodes, record, 1, b"state")?) } else { None };
        let response = named(nodes, record, count - 1, b"response")?;
        Some(Returned { function: text(nodes, function)?, state, response })
    }

    unsafe fn put(&self, nodes: &Nodes, before: Option<&[u8]>, asked: &Asked, room: &mut Room) -> Option<()> {
        let (whole, begin) = (asked.room as i64, room.used);
        let (cells, is_cut) = self.put_verdict(nodes, whole / 2, room)?;
        let mut small = [0u8; SMALL];
        let mut change = Room { at: small.as_mut_ptr(), used: 0, size: SMALL };
        let mut moved = 0;
        if let Some(state) = self.state {
            // Whether there is a result before those that are looked at here is not known.
            let mut places = Places::new();
            let earlier = places.nodes(before?)?;
            let (case, inner) = held(&earlier, earlier.count - 1)?;
            let (inner_case, record) = held(&earlier, inner)?;
            if !WASM.contains(&case) || !RETURNED.contains(&inner_case) {
                return None;
            }
            if let Some(old) = Returned::of(&earlier, record)?.state {
                moved = changed::put(&earlier, old, nodes, state, 17.max(whole - cells - 3), &mut change)?;
            }
        }
        let gap = if moved > 0 { DIM_GAP.len() as i64 } else { 0 };
        let spare = whole - moved - gap - 4;
        let mut cells = cells;
        if is_cut && spare > cells {
            room.used = begin;
            cells = self.put_verdict(nodes, spare, room)?.0;
        }
        if moved > 0 {
            // What may end with a count that does not fit is shortened by the twin.
            if cells + gap + moved > whole {
                return None;
            }
            room.put(DIM_GAP)?;
            room.put(change.held())?;
        }
        put_literals(nodes, &[self.function], &[self.response], asked, room)?;
        match self.state {
            Some(state) => put_literals(nodes, &[], &[state], asked, room),
            None => Some(()),
        }
    }

    unsafe fn put_verdict(&self, nodes: &Nodes, left: i64, room: &mut Room) -> Option<(i64, bool)> {
        let node = self.response;
        let is_err = nodes.kind(node) == RESULT && !is_ok(nodes.payload(node));
        room.put(if is_err { b"err" } else { b"ok" })?;
        let word = if is_err { 3 } else { 2 };
        let said = if nodes.kind(node) == RESULT { nodes.child(node, 0) } else { node };
        if is_unit(nodes, said) {
            return Some((word, false));
        }
        room.put(b" ")?;
        let shown = short(nodes, said, left, room)?;
        Some((word + 1 + shown.cells, shown.is_cut))
    }
}
