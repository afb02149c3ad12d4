//! JSON text, which is what is hashed of an event.

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
}
