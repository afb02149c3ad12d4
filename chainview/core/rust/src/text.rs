//! The JSON text of an event, which is what is hashed.

/// The decimal digits of each byte and a comma behind them, lowest byte first.
static DIGITS: [u32; 256] = digits();
/// How many bytes those are.
static LENGTHS: [u8; 256] = lengths();

const fn digits() -> [u32; 256] {
    let mut table = [0; 256];
    let mut value = 0;
    while value < 256 {
        let (hundreds, tens, ones) = (value / 100, value / 10 % 10, value % 10);
        let ones = b'0' as u32 + ones | (b',' as u32) << 8;
        let tens = if value >= 10 { b'0' as u32 + tens | ones << 8 } else { ones };
        table[value as usize] = if value >= 100 { b'0' as u32 + hundreds | tens << 8 } else { tens };
        value += 1;
    }
    table
}

const fn lengths() -> [u8; 256] {
    let mut table = [0; 256];
    let mut value = 0;
    while value < 256 {
        table[value] = 2 + (value >= 10) as u8 + (value >= 100) as u8;
        value += 1;
    }
    table
}

/// Appends to a text whose room was measured before.
pub struct Writer {
    pub at: *mut u8,
}

impl Writer {
    pub unsafe fn put(&mut self, text: &[u8]) {
        core::ptr::copy_nonoverlapping(text.as_ptr(), self.at, text.len());
        self.at = self.at.add(text.len());
    }

    /// The decimal values of some bytes, joined by commas. Up to three bytes behind the text are written over.
    pub unsafe fn put_values(&mut self, values: &[u8]) {
        let mut at = self.at;
        for &value in values {
            (at as *mut u32).write_unaligned(DIGITS[value as usize]);
            at = at.add(LENGTHS[value as usize] as usize);
        }
        self.at = if values.is_empty() { at } else { at.sub(1) };
    }

    /// The text that is hashed for an event.
    pub unsafe fn put_event(&mut self, parent: Option<&[u8]>, type_text: &[u8], payload: &[u8]) {
        self.put(b"{\"hash\":[],\"parent_hash\":");
        match parent {
            None => self.put(b"null"),
            Some(hash) => {
                self.put(b"[");
                self.put_values(hash);
                self.put(b"]");
            }
        }
        self.put(b",\"event_type\":");
        self.put(type_text);
        self.put(b",\"data\":[");
        self.put_values(payload);
        self.put(b"]}");
    }
}

/// The most bytes that the text of an event takes, padded for SHA-1.
pub fn most(type_text: usize, payload: usize) -> usize {
    (25 + 4 * 20 + 14 + type_text + 9 + 4 * payload + 2 + 8 + 64 + 63) & !63
}
