//! A stretch of recorded calls made ready for being made again: what each export is handed, what it has to return, and
//! what its host calls ask and are answered, as the modules that make and serve them read it.

use crate::bytes;
use crate::cgrf::{word, Nodes, HEADER, TUPLE};
use crate::declared::Types;
use crate::index::Span;
use crate::kinds::{CALL, ERROR, RESULT};
use crate::shape::Room;

const HOST: u8 = 2;
/// A host call at which Python looks: its record is marked, so that it is handed over.
const LOOKED_AT: u8 = 0x80 | HOST;
const MARK: u32 = 1 << 31;
const NOTHING: u32 = u32::MAX;
const STRING: u8 = 6;
/// Answers that do not fit where a guest expects them are left to the host.
const LARGEST_ANSWER: usize = 32 * 1024;
const ENTRY: usize = 32;

/// What payloads of a kind have in common: the nodes before the values, and those behind, of which the first holds all
/// of them and each of the `wraps` behind it the one before.
#[repr(C)]
pub struct Frame {
    lead: u32,
    lead_size: u32,
    lead_count: u32,
    values: u32,
    tail: u32,
    tail_size: u32,
    wraps: u32,
}

/// An export: its frames, where it is found, the last node of what it returns, of an error too, and the types of
/// the state that it takes, of the one that it leaves, of its response and of its error.
#[repr(C)]
pub struct Function {
    call: Frame,
    result: Frame,
    error: Frame,
    slot: u32,
    ok: u32,
    ok_size: u32,
    err: u32,
    err_size: u32,
    takes: u32,
    leaves: u32,
    responds: u32,
    refuses: u32,
}

#[repr(C)]
pub struct Host {
    frame: Frame,
    number: u32,
}

/// All that is known of a replay, and of where it stands.
#[repr(C)]
pub struct Run {
    functions: u32,
    function_count: u32,
    /// By type of events the number of its host function, or NOTHING.
    hosts_of: u32,
    hosts: u32,
    types: u32,
    /// What messages of errors begin with that actors return.
    refused: u32,
    refused_size: u32,
    version: u32,
    /// Where what is made ready is going to lie.
    base: u32,
    /// Room for so many nodes.
    starts: u32,
    counts: u32,
    most_nodes: u32,
    /// The result that told the state which the first call was given; no bytes where none did.
    before: u32,
    before_size: u32,
    /// The function of the first call, which runs already, or NOTHING.
    current: u32,
    /// How many calls were made ready besides it, and how many host calls.
    calls: u32,
    records: u32,
}

#[derive(Clone, Copy)]
struct State {
    at: usize,
    size: usize,
    count: usize,
    of: u32,
}

struct Making<'a> {
    run: &'a Run,
    room: Room,
    state: Option<State>,
}

/// Makes ready what follows in a call that runs, and the calls behind it; gives how many bytes that takes.
#[no_mangle]
pub unsafe extern "C" fn prepare(
    data: usize,
    spans: *const Span,
    type_ids: *const u32,
    kinds: *const u8,
    count: u32,
    run: &mut Run,
    out: *mut u8,
    size: usize,
) -> u32 {
    let room = Room { at: out, used: 0, size };
    let mut making = Making { run, room, state: None };
    let Some(mut entry) = making.put_entry(0) else { return 0 };
    let mut function = making.function(run.current);
    let (mut calls, mut records) = (0, 0);
    making.state = function.and_then(|current| making.state_before(current));
    making.begin_records(entry);
    let payload_at = |at: usize| {
        let span = &*spans.add(at);
        bytes(data + span.begin as usize, (span.end - span.begin) as usize)
    };
    let mut at = 0;
    while at < count as usize {
        let payload = payload_at(at);
        let used = making.room.used;
        match *kinds.add(at) {
            kind @ (HOST | LOOKED_AT) => {
                let mark = if kind == HOST { 0 } else { MARK };
                if making.put_record(payload, *type_ids.add(at), mark).is_none() {
                    making.room.used = used;
                    break;
                }
                records += 1;
                at += 1;
            }
            kind @ (RESULT | ERROR) if at + 1 < count as usize && *kinds.add(at + 1) == CALL => {
                let Some(current) = function else { break };
                let Some((expected, size)) = making.put_end(payload, current, kind) else { break };
                // One that did not come back by itself is asked in its middle how much of it was made.
                let end = (at + 2..count as usize).find(|&each| !matches!(*kinds.add(each), HOST | LOOKED_AT));
                let comes_back = end.is_some_and(|each| making.comes_back(payload_at(each), *kinds.add(each)));
                let call = if comes_back { making.put_call(payload_at(at + 1)) } else { None };
                let Some((behind, other)) = call else { break };
                making.patch(entry, 2, making.run.base + used as u32);
                making.patch(entry, 3, making.run.base + expected as u32);
                making.patch(entry, 4, size as u32);
                making.patch(entry, 0, making.run.base + behind as u32);
                (entry, function) = (behind, Some(other));
                making.begin_records(entry);
                calls += 1;
                at += 2;
                continue;
            }
            _ => break,
        }
        making.patch(entry, 2, making.run.base + making.room.used as u32);
    }
    let used = making.room.used as u32;
    (run.calls, run.records) = (calls, records);
    used
}

impl Making<'_> {
    unsafe fn function(&self, number: u32) -> Option<&'static Function> {
        if number == NOTHING { None } else { Some(&*(self.run.functions as *const Function).add(number as usize)) }
    }

    unsafe fn nodes<'a>(&self, payload: &'a [u8]) -> Option<Nodes<'a>> {
        let most = self.run.most_nodes as usize;
        let starts = core::slice::from_raw_parts_mut(self.run.starts as *mut u32, most);
        let counts = core::slice::from_raw_parts_mut(self.run.counts as *mut u32, most);
        Nodes::of(payload, self.run.version, starts, counts)
    }

    fn types(&self) -> Types {
        Types { first: self.run.types }
    }

    /// An entry: where the next is, from where to where the records go, where and how large what is expected is, where
    /// the export is found, and where and how large its input is.
    unsafe fn put_entry(&mut self, slot: u32) -> Option<usize> {
        let at = self.room.used;
        self.room.put(&[0; ENTRY])?;
        self.patch(at, 5, slot);
        Some(at)
    }

    unsafe fn patch(&self, entry: usize, place: usize, value: u32) {
        (self.room.at.add(entry + 4 * place) as *mut u32).write_unaligned(value);
    }

    unsafe fn begin_records(&self, entry: usize) {
        self.patch(entry, 1, self.run.base + self.room.used as u32);
        self.patch(entry, 2, self.run.base + self.room.used as u32);
    }

    unsafe fn put_words(&mut self, words: &[u32]) -> Option<()> {
        words.iter().try_for_each(|value| self.room.put(&value.to_le_bytes()))
    }

    unsafe fn put_header(&mut self, count: usize) -> Option<()> {
        self.room.put(b"CGRF")?;
        self.put_words(&[self.run.version, count as u32, count as u32 - 1])
    }

    unsafe fn put_record(&mut self, payload: &[u8], type_id: u32, mark: u32) -> Option<()> {
        let number = *(self.run.hosts_of as *const u32).add(type_id as usize);
        if number == NOTHING {
            return None;
        }
        let host = &*(self.run.hosts as *const Host).add(number as usize);
        let mut nodes = self.nodes(payload)?;
        let [asked, answered] = framed(&mut nodes, &host.frame)?;
        let sizes = [nodes.bytes(2, asked + 1).len() + HEADER, nodes.bytes(asked + 1, answered + 1).len() + HEADER];
        if sizes[1] > LARGEST_ANSWER {
            return None;
        }
        self.put_words(&[host.number | mark, sizes[0] as u32, sizes[1] as u32])?;
        self.put_header(asked - 1)?;
        nodes.put(2, asked + 1, 2, &mut self.room)?;
        self.put_header(answered - asked)?;
        nodes.put(asked + 1, answered + 1, asked as i32 + 1, &mut self.room)
    }

    /// What a call has to return that ended so; it leaves another state where it did not fail.
    unsafe fn put_end(&mut self, payload: &[u8], function: &Function, kind: u8) -> Option<(usize, usize)> {
        let begin = self.room.used;
        let mut nodes = self.nodes(payload)?;
        if kind == ERROR {
            self.put_refusal(&mut nodes, function)?;
        } else {
            self.state = Some(self.put_returned(&mut nodes, function)?);
        }
        Some((begin, self.room.used - begin))
    }

    unsafe fn put_returned(&mut self, nodes: &mut Nodes, function: &Function) -> Option<State> {
        let [state, response] = framed(nodes, &function.result)?;
        let types = self.types();
        let fits = types.fits(nodes, state, function.leaves) && types.fits(nodes, response, function.responds);
        if !fits || function.ok_size == 0 {
            return None;
        }
        self.put_header(response + 2)?;
        let at = self.room.used;
        nodes.put(1, response + 1, 1, &mut self.room)?;
        self.put_words(&[TUPLE as u32, 12, 2, state as u32 - 1, response as u32 - 1])?;
        self.put_last(function.ok, function.ok_size, response)?;
        let size = nodes.bytes(1, state + 1).len();
        Some(State { at, size, count: state, of: function.leaves })
    }

    unsafe fn put_refusal(&mut self, nodes: &mut Nodes, function: &Function) -> Option<()> {
        let [message, _] = framed(nodes, &function.error)?;
        let refused = bytes(self.run.refused as usize, self.run.refused_size as usize);
        let fits = nodes.kind(message) == STRING && self.types().fits(nodes, message, function.refuses);
        if !fits || function.err_size == 0 {
            return None;
        }
        let text = nodes.payload(message)[4..].strip_prefix(refused)?;
        self.put_header(2)?;
        self.put_words(&[STRING as u32, text.len() as u32 + 4, text.len() as u32])?;
        self.room.put(text)?;
        self.put_last(function.err, function.err_size, 0)
    }

    /// Whether a call that ended so has a result, or an error that the actor returned.
    unsafe fn comes_back(&self, payload: &[u8], kind: u8) -> bool {
        kind == RESULT || (kind == ERROR && self.refusal(payload).is_some())
    }

    /// What an actor returned as an error, in a message that says so.
    unsafe fn refusal(&self, payload: &[u8]) -> Option<()> {
        let mut nodes = self.nodes(payload)?;
        let function = self.named(&nodes, |each| &each.error)?;
        let [message, _] = framed(&mut nodes, &function.error)?;
        let refused = bytes(self.run.refused as usize, self.run.refused_size as usize);
        if nodes.kind(message) == STRING && nodes.payload(message)[4..].starts_with(refused) { Some(()) } else { None }
    }

    /// The last node of what is returned, which refers to the one before.
    unsafe fn put_last(&mut self, at: u32, size: u32, before: usize) -> Option<()> {
        self.room.put(bytes(at as usize, size as usize - 4))?;
        self.put_words(&[before as u32])
    }

    /// The state that a call of this function was given, where that is told.
    unsafe fn state_before(&mut self, current: &Function) -> Option<State> {
        let mut nodes = self.nodes(bytes(self.run.before as usize, self.run.before_size as usize))?;
        let ended = self.named(&nodes, |each| &each.result)?;
        let [state, _] = framed(&mut nodes, &ended.result)?;
        let at = self.room.used;
        nodes.put(1, state + 1, 1, &mut self.room)?;
        Some(State { at, size: self.room.used - at, count: state, of: current.takes })
    }

    /// The call of an export, whose entry this gives, with what is handed to it.
    unsafe fn put_call(&mut self, payload: &[u8]) -> Option<(usize, &'static Function)> {
        let state = self.state?;
        let mut nodes = self.nodes(payload)?;
        let function = self.named(&nodes, |each| &each.call)?;
        let [params, _] = framed(&mut nodes, &function.call)?;
        if function.slot == NOTHING || !(function.takes == state.of || self.types().is_any(function.takes)) {
            return None;
        }
        let is_tuple = nodes.kind(params) == TUPLE;
        let (stop, items) = if is_tuple { (params, nodes.count(params)) } else { (params + 1, 1) };
        let entry = self.put_entry(function.slot)?;
        let input = self.room.used;
        let last = state.count + stop - 1;
        self.put_header(last + 1)?;
        self.room.put(bytes(self.room.at as usize + state.at, state.size))?;
        nodes.put(1, stop, 1 - state.count as i32, &mut self.room)?;
        self.put_words(&[TUPLE as u32, 8 + 4 * items as u32, 1 + items as u32, state.count as u32 - 1])?;
        for item in 0..items {
            let node = if is_tuple { nodes.child(params, item) } else { params };
            self.put_words(&[(node - 1 + state.count) as u32])?;
        }
        self.patch(entry, 6, self.run.base + input as u32);
        self.patch(entry, 7, (self.room.used - input) as u32);
        Some((entry, function))
    }

    /// The function whose name a payload begins with.
    unsafe fn named(&self, nodes: &Nodes, of: impl Fn(&Function) -> &Frame) -> Option<&'static Function> {
        (0..self.run.function_count).find_map(|number| {
            let function = self.function(number)?;
            let frame = of(function);
            let lead = bytes(frame.lead as usize, frame.lead_size as usize);
            if nodes.data[HEADER..].starts_with(lead) { Some(function) } else { None }
        })
    }
}

/// The last nodes of the values in a frame, of one or two; None where a payload is not written so.
unsafe fn framed(nodes: &mut Nodes, frame: &Frame) -> Option<[usize; 2]> {
    let lead = bytes(frame.lead as usize, frame.lead_size as usize);
    let (lead_count, values, wraps) = (frame.lead_count as usize, frame.values as usize, frame.wraps as usize);
    let holder = nodes.count.checked_sub(1 + wraps)?;
    if !nodes.data[HEADER..].starts_with(lead) || nodes.bytes(0, lead_count.min(nodes.count)).len() != lead.len() {
        return None;
    }
    let (mut roots, mut first) = ([0; 2], holder);
    for value in (0..values).rev() {
        if first <= lead_count {
            return None;
        }
        roots[value] = first - 1;
        first = nodes.first(first - 1)?;
    }
    if first != lead_count || !ends_as(nodes, frame, holder, &roots[..values]) {
        return None;
    }
    Some(roots)
}

/// Whether the nodes behind the values are those of the frame, but for the numbers in them, which are right.
unsafe fn ends_as(nodes: &Nodes, frame: &Frame, holder: usize, roots: &[usize]) -> bool {
    let tail = bytes(frame.tail as usize, frame.tail_size as usize);
    let (lead_count, mut at) = (frame.lead_count as usize, 0);
    for node in holder..nodes.count {
        let (same, numbers) = (nodes.bytes(node, node + 1), if node == holder { lead_count + roots.len() } else { 1 });
        let fixed = same.len().wrapping_sub(4 * numbers);
        if at + same.len() > tail.len() || fixed > same.len() || same[..fixed] != tail[at..at + fixed] {
            return false;
        }
        for number in 0..numbers {
            let expected = match number {
                _ if node > holder => node - 1,
                _ if number < lead_count => number,
                _ => roots[number - lead_count],
            };
            if word(same, fixed + 4 * number) as usize != expected {
                return false;
            }
        }
        at += same.len();
    }
    at == tail.len()
}
