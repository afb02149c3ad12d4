//! JSON text, which is what is hashed of an event.

use core::arch::wasm32::*;

/// The decimal digits of each byte and a comma behind them, lowest byte first.
static DIGITS: [u32; 256] = digits();
/// How many bytes those are.
static LENGTHS: [u8; 256] = lengths();
/// Values whose text is made at a step.
const TOGETHER: usize = 16;
/// Which bytes stay of four values of three digits and a comma each: by a bit for each that has tens, and four bits on
/// one for each that has hundreds.
static KEPT: [[u8; 16]; 256] = kept();

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

const fn kept() -> [[u8; 16]; 256] {
    let mut table = [[0; 16]; 256];
    let mut which = 0;
    while which < 256 {
        let (mut from, mut to) = (0, 0);
        while from < 16 {
            let value = from / 4;
            let stays = match from % 4 {
                0 => which >> 4 + value & 1 == 1,
                1 => which >> value & 1 == 1,
                _ => true,
            };
            if stays {
                table[which][to] = from as u8;
                to += 1;
            }
            from += 1;
        }
        which += 1;
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

    /// The decimal values of some bytes, joined by commas. Four bytes are written over for each, though fewer may stay.
    pub unsafe fn put_values(&mut self, values: &[u8]) {
        let mut at = self.at;
        let mut steps = values.chunks_exact(TOGETHER);
        for step in &mut steps {
            at = put_together(at, step.as_ptr());
        }
        for &value in steps.remainder() {
            (at as *mut u32).write_unaligned(DIGITS[value as usize]);
            at = at.add(LENGTHS[value as usize] as usize);
        }
        self.at = if values.is_empty() { at } else { at.sub(1) };
    }
}

/// The decimal values of the bytes at a place, a comma behind each; where they end.
#[inline(always)]
unsafe fn put_together(mut at: *mut u8, values: *const u8) -> *mut u8 {
    let values = v128_load(values as *const v128);
    let has_tens = u8x16_ge(values, u8x16_splat(10));
    let has_hundreds = u8x16_ge(values, u8x16_splat(100));
    let has_two = u8x16_ge(values, u8x16_splat(200));
    let zero = u8x16_splat(b'0');
    let hundreds = u8x16_sub(u8x16_sub(zero, has_hundreds), has_two);
    let hundred = u8x16_splat(100);
    let rest = u8x16_sub(u8x16_sub(values, v128_and(has_hundreds, hundred)), v128_and(has_two, hundred));
    // Up to 99, a tenth is 205 parts of 2,048.
    let even = u16x8_shr(u16x8_mul(v128_and(rest, u16x8_splat(0xFF)), u16x8_splat(205)), 11);
    let odd = v128_and(u16x8_shr(u16x8_mul(u16x8_shr(rest, 8), u16x8_splat(205)), 3), u16x8_splat(0xFF00));
    let tens = v128_or(even, odd);
    let ones = u8x16_sub(rest, u16x8_add(u16x8_shl(tens, 3), u16x8_shl(tens, 1)));
    let (tens, ones) = (u8x16_add(tens, zero), u8x16_add(ones, zero));
    let comma = u8x16_splat(b',');
    let front = pairs_below(hundreds, tens);
    let back = pairs_below(ones, comma);
    let front_above = pairs_above(hundreds, tens);
    let back_above = pairs_above(ones, comma);
    let (tens, hundreds) = (u8x16_bitmask(has_tens) as usize, u8x16_bitmask(has_hundreds) as usize);
    let texts = [
        u16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(front, back),
        u16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(front, back),
        u16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(front_above, back_above),
        u16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(front_above, back_above),
    ];
    let mut four = 0;
    while four < 4 {
        let which = tens >> 4 * four & 15 | (hundreds >> 4 * four & 15) << 4;
        let kept = v128_load(KEPT[which].as_ptr() as *const v128);
        v128_store(at as *mut v128, u8x16_swizzle(texts[four], kept));
        at = at.add(8 + which.count_ones() as usize);
        four += 1;
    }
    at
}

#[inline(always)]
fn pairs_below(one: v128, other: v128) -> v128 {
    u8x16_shuffle::<0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23>(one, other)
}

#[inline(always)]
fn pairs_above(one: v128, other: v128) -> v128 {
    u8x16_shuffle::<8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31>(one, other)
}
