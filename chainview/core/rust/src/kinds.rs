//! What an event of the type `wasm` is, found without decoding its payload.

pub const OTHER: u8 = 0;
pub const CALL: u8 = 1;
pub const RESULT: u8 = 3;
pub const ERROR: u8 = 4;
pub const SHUTDOWN: u8 = 5;
/// Stands in the place of a kind where only the payload tells it.
pub const BY_PAYLOAD: u8 = 0xFF;

/// How much of a JSON payload is looked at.
const NEAR: usize = 64;
const JSON_KEYS: [(&[u8], u8); 3] = [(b"\"WasmCall\"", CALL), (b"\"WasmResult\"", RESULT), (b"\"WasmError\"", ERROR)];
const INNER: [&[u8]; 2] = [b"wasm-event-data", b"WasmEventData"];

/// The kind that a payload tells; None where it has to be decoded.
pub fn kind_of(payload: &[u8]) -> Option<u8> {
    if payload.is_empty() {
        return Some(OTHER);
    }
    if payload[0] == b'{' {
        let head = &payload[..payload.len().min(NEAR)];
        for (key, kind) in JSON_KEYS {
            if head.windows(key.len()).any(|here| here == key) {
                return Some(kind);
            }
        }
    }
    INNER.iter().find_map(|name| case_behind(payload, last(payload, name)? + name.len()))
}

fn last(payload: &[u8], name: &[u8]) -> Option<usize> {
    let mut at = payload.len().checked_sub(name.len())?;
    loop {
        if payload[at] == name[0] && &payload[at..at + name.len()] == name {
            return Some(at);
        }
        at = at.checked_sub(1)?;
    }
}

fn case_behind(payload: &[u8], at: usize) -> Option<u8> {
    let size = payload.get(at..at + 4)?;
    let size = u32::from_le_bytes([size[0], size[1], size[2], size[3]]) as usize;
    let begin = at + 4;
    match &payload[begin..begin.saturating_add(size).min(payload.len())] {
        b"wasm-call" | b"WasmCall" => Some(CALL),
        b"wasm-result" | b"WasmResult" => Some(RESULT),
        b"wasm-error" | b"WasmError" => Some(ERROR),
        _ => None,
    }
}
