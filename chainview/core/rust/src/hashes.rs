//! The hashes of events: SHA-1 of their texts.

use crate::bytes;
use crate::index::{Span, Types, HASH};
use crate::sha1::{hash_four, pad, Padded};
use crate::text::Writer;

/// Texts that are hashed together: as many as are sorted by length, so that four of a kind go side by side.
const TOGETHER: usize = 256;

/// Hashes events that follow each other. `hashes` holds the hash that the first one's parent has, and behind it those
/// of the events, each of which is the parent of the next; `has_parent` is 0 where the first one has none. The payloads
/// lie at `spans` of `data`. What each hashes to is put at `found`; `room` bytes at `scratch` are there to work in. Gives
/// how many were hashed: the next text is longer than that room.
#[no_mangle]
pub unsafe extern "C" fn hash(
    data: usize,
    spans: *const Span,
    type_ids: *const u32,
    types: &Types,
    count: u32,
    hashes: *const u8,
    has_parent: u32,
    found: *mut u8,
    scratch: *mut u8,
    room: usize,
) -> u32 {
    let mut texts = [Padded { text: scratch, blocks: 0, hash: found }; TOGETHER];
    let (mut held, mut used) = (0, 0);
    for at in 0..count as usize {
        let span = &*spans.add(at);
        let payload = bytes(data + span.begin as usize, (span.end - span.begin) as usize);
        let known = types.at(*type_ids.add(at));
        let size = most(known.json_size as usize, payload.len());
        if held == TOGETHER || used + size > room {
            hash_all(&mut texts[..held]);
            (held, used) = (0, 0);
            if size > room {
                return at as u32;
            }
        }
        let parent = if at > 0 || has_parent == 1 { Some(bytes(hashes.add(HASH * at) as usize, HASH)) } else { None };
        let text = scratch.add(used);
        let mut writer = Writer { at: text };
        put_event(&mut writer, parent, bytes(known.json as usize, known.json_size as usize), payload);
        let blocks = pad(text, writer.at.offset_from(text) as usize);
        texts[held] = Padded { text, blocks, hash: found.add(HASH * at) };
        held += 1;
        used += size;
    }
    hash_all(&mut texts[..held]);
    count
}

unsafe fn hash_all(texts: &mut [Padded]) {
    texts.sort_unstable_by_key(|text| text.blocks);
    for four in texts.chunks(4) {
        let mut lanes = [four[0]; 4];
        lanes[..four.len()].copy_from_slice(four);
        hash_four(&lanes);
    }
}

/// The text that is hashed for an event.
pub unsafe fn put_event(writer: &mut Writer, parent: Option<&[u8]>, type_text: &[u8], payload: &[u8]) {
    writer.put(b"{\"hash\":[],\"parent_hash\":");
    match parent {
        None => writer.put(b"null"),
        Some(hash) => {
            writer.put(b"[");
            writer.put_values(hash);
            writer.put(b"]");
        }
    }
    writer.put(b",\"event_type\":");
    writer.put(type_text);
    writer.put(b",\"data\":[");
    writer.put_values(payload);
    writer.put(b"]}");
}

/// The most bytes that the text of an event takes, padded for SHA-1.
pub fn most(type_text: usize, payload: usize) -> usize {
    (25 + 4 * 20 + 14 + type_text + 9 + 4 * payload + 2 + 8 + 64 + 63) & !63
}
