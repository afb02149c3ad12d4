//! Recording host calls that have no effect but their event: hashed, and written to the chain file, without the host.
//!
//! It alone imports something: the file and the clocks of WASI, which the engine provides itself. The host lays out the
//! memory, fills in a `Recorder`, and takes what was written from there before it writes itself. What is unusual is
//! refused, and is then the host's to do.
#![no_std]

#[path = "../../src/base.rs"]
mod base;
#[path = "../../src/crc32.rs"]
mod crc32;
mod sha1;
#[path = "../../src/text.rs"]
mod text;
mod wasi;

use core::slice::from_raw_parts;
use text::Writer;

const HASH: usize = 20;
const HEADER: usize = 16;
/// What an entry takes beside event type and payload.
const AROUND: usize = 96;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Span {
    at: *const u8,
    size: usize,
}

impl Span {
    unsafe fn bytes<'a>(&self) -> &'a [u8] {
        from_raw_parts(self.at, self.size)
    }
}

/// What all events of one import have in common.
#[repr(C)]
pub struct Form {
    /// What an input begins with that is a text alone.
    asked: Span,
    /// The payload before the input's node, the answer's node, and the payload behind it.
    head: Span,
    answer: Span,
    tail: Span,
    /// The event type as it stands in an entry.
    event_type: Span,
    /// The hashed text between the parent's hash and the input's node, and behind the answer's.
    text_before: Span,
    text_behind: Span,
}

/// What the host and the recorder share.
#[repr(C)]
pub struct Recorder {
    is_on: u32,
    /// Set while a call is recorded: the engine may end it at any loop, or let the host look.
    is_busy: u32,
    head: [u8; HASH],
    /// How many events were written, and how many bytes their entries take at `entries`, which has `room`.
    count: u32,
    used: usize,
    room: usize,
    entries: *mut u8,
    forms: *const Form,
    /// Where an input lies, and room for the text that is hashed.
    input: *const u8,
    text: *mut u8,
}

/// Records the call of an import with an input of this size; 0 where the host has to do it, and nothing is done.
#[no_mangle]
pub unsafe extern "C" fn record(recorder: *mut Recorder, import: usize, size: usize) -> u32 {
    if (*recorder).is_on == 0 {
        return 0;
    }
    core::ptr::addr_of_mut!((*recorder).is_busy).write_volatile(1);
    let recorded = recorded(&mut *recorder, import, size);
    core::ptr::addr_of_mut!((*recorder).is_busy).write_volatile(0);
    recorded as u32
}

unsafe fn recorded(recorder: &mut Recorder, import: usize, size: usize) -> bool {
    let begun = wasi::monotonic();
    let form = &*recorder.forms.add(import);
    let input = from_raw_parts(recorder.input, size);
    if !is_text(form.asked.bytes(), input) {
        return false;
    }
    let node = &input[HEADER..];
    let payload = form.head.size + node.len() + form.answer.size + form.tail.size;
    if recorder.room - recorder.used < AROUND + form.event_type.size + payload {
        return false;
    }
    let spent = wasi::monotonic().saturating_sub(begun);
    let entry = recorder.entries.add(recorder.used);
    let hash = hashed(recorder, form, node);
    let mut writer = Writer { at: entry };
    writer.put(&[0x97, 0xa1, b'E', 0xc4, HASH as u8]);
    writer.put(&hash);
    writer.put(&[0xc4, HASH as u8]);
    writer.put(&recorder.head);
    writer.put(form.event_type.bytes());
    put_size(&mut writer, payload);
    for part in [form.head.bytes(), node, form.answer.bytes(), form.tail.bytes()] {
        writer.put(part);
    }
    writer.put(&[if spent > 0 { 0x82 } else { 0x81 }, 0xa1, b't']);
    put_number(&mut writer, wasi::realtime());
    if spent > 0 {
        writer.put(&[0xa1, b'd']);
        put_number(&mut writer, spent);
    }
    let sum = crc32::of(from_raw_parts(entry, writer.at.offset_from(entry) as usize));
    writer.put(&[0xce]);
    writer.put(&sum.to_be_bytes());
    let size = writer.at.offset_from(entry) as usize;
    if !wasi::write(from_raw_parts(entry, size)) {
        // The host cuts off what may lie there of it, writes it anew, and tells what keeps it from that.
        recorder.is_on = 0;
        return false;
    }
    recorder.used += size;
    recorder.count += 1;
    recorder.head = hash;
    true
}

/// Whether an input is a text alone, written as the encoder writes it.
fn is_text(asked: &[u8], input: &[u8]) -> bool {
    let at = asked.len();
    if input.len() < at + 8 || !input.starts_with(asked) {
        return false;
    }
    let length = u32::from_le_bytes([input[at], input[at + 1], input[at + 2], input[at + 3]]) as usize;
    let text = u32::from_le_bytes([input[at + 4], input[at + 5], input[at + 6], input[at + 7]]) as usize;
    length == input.len() - at - 4 && text + 4 == length && core::str::from_utf8(&input[at + 8..]).is_ok()
}

unsafe fn hashed(recorder: &Recorder, form: &Form, node: &[u8]) -> [u8; HASH] {
    let mut writer = Writer { at: recorder.text };
    writer.put(b"{\"hash\":[],\"parent_hash\":[");
    writer.put_values(&recorder.head);
    writer.put(form.text_before.bytes());
    writer.put_values(node);
    writer.put(b",");
    writer.put_values(form.answer.bytes());
    writer.put(form.text_behind.bytes());
    sha1::of(recorder.text, writer.at.offset_from(recorder.text) as usize)
}

/// The head of so many bytes in an entry.
unsafe fn put_size(writer: &mut Writer, size: usize) {
    match size {
        0..=0xff => writer.put(&[0xc4, size as u8]),
        0x100..=0xffff => {
            writer.put(&[0xc5]);
            writer.put(&(size as u16).to_be_bytes());
        }
        _ => {
            writer.put(&[0xc6]);
            writer.put(&(size as u32).to_be_bytes());
        }
    }
}

/// A number in the fewest bytes.
unsafe fn put_number(writer: &mut Writer, value: u64) {
    match value {
        0..=0x7f => writer.put(&[value as u8]),
        0x80..=0xff => writer.put(&[0xcc, value as u8]),
        0x100..=0xffff => {
            writer.put(&[0xcd]);
            writer.put(&(value as u16).to_be_bytes());
        }
        0x1_0000..=0xffff_ffff => {
            writer.put(&[0xce]);
            writer.put(&(value as u32).to_be_bytes());
        }
        _ => {
            writer.put(&[0xcf]);
            writer.put(&value.to_be_bytes());
        }
    }
}
