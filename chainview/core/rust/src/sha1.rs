//! SHA-1 of four texts side by side, a lane for each.

use core::arch::wasm32::*;

const START: [u32; 5] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];

/// A padded text, and where its hash goes.
#[derive(Clone, Copy)]
pub struct Padded {
    pub text: *const u8,
    pub blocks: u32,
    pub hash: *mut u8,
}

/// Pads a text of so many bytes in place; how many blocks of 64 bytes it has then.
pub unsafe fn pad(text: *mut u8, size: usize) -> u32 {
    let blocks = (size + 8) / 64 + 1;
    let end = blocks * 64;
    *text.add(size) = 0x80;
    core::ptr::write_bytes(text.add(size + 1), 0, end - size - 1);
    let bits = (size as u64 * 8).to_be_bytes();
    core::ptr::copy_nonoverlapping(bits.as_ptr(), text.add(end - 8), 8);
    blocks as u32
}

#[inline(always)]
fn left<const N: u32, const REST: u32>(value: v128) -> v128 {
    v128_or(i32x4_shl(value, N), u32x4_shr(value, REST))
}

#[inline(always)]
unsafe fn big_endian(at: *const u8) -> v128 {
    let value = v128_load(at as *const v128);
    i8x16_shuffle::<3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12>(value, value)
}

/// Sixteen words of four blocks, word by word.
#[inline(always)]
unsafe fn words(blocks: &[*const u8; 4]) -> [v128; 16] {
    let mut found = [i32x4_splat(0); 16];
    let mut quarter = 0;
    while quarter < 4 {
        let a = big_endian(blocks[0].add(16 * quarter));
        let b = big_endian(blocks[1].add(16 * quarter));
        let c = big_endian(blocks[2].add(16 * quarter));
        let d = big_endian(blocks[3].add(16 * quarter));
        let ab_low = i32x4_shuffle::<0, 4, 1, 5>(a, b);
        let ab_high = i32x4_shuffle::<2, 6, 3, 7>(a, b);
        let cd_low = i32x4_shuffle::<0, 4, 1, 5>(c, d);
        let cd_high = i32x4_shuffle::<2, 6, 3, 7>(c, d);
        found[4 * quarter] = i64x2_shuffle::<0, 2>(ab_low, cd_low);
        found[4 * quarter + 1] = i64x2_shuffle::<1, 3>(ab_low, cd_low);
        found[4 * quarter + 2] = i64x2_shuffle::<0, 2>(ab_high, cd_high);
        found[4 * quarter + 3] = i64x2_shuffle::<1, 3>(ab_high, cd_high);
        quarter += 1;
    }
    found
}

macro_rules! round {
    ($mix:expr, $constant:expr, $w:ident, $at:expr, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident) => {{
        let word = if $at < 16 {
            $w[$at & 15]
        } else {
            let mixed = v128_xor(
                v128_xor($w[($at + 13) & 15], $w[($at + 8) & 15]),
                v128_xor($w[($at + 2) & 15], $w[$at & 15]),
            );
            $w[$at & 15] = left::<1, 31>(mixed);
            $w[$at & 15]
        };
        $e = i32x4_add(
            i32x4_add(i32x4_add(left::<5, 27>($a), $mix($b, $c, $d)), i32x4_add($e, i32x4_splat($constant))),
            word,
        );
        $b = left::<30, 2>($b);
    }};
}

macro_rules! five {
    ($mix:expr, $constant:expr, $w:ident, $at:expr, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident) => {
        round!($mix, $constant, $w, $at, $a, $b, $c, $d, $e);
        round!($mix, $constant, $w, $at + 1, $e, $a, $b, $c, $d);
        round!($mix, $constant, $w, $at + 2, $d, $e, $a, $b, $c);
        round!($mix, $constant, $w, $at + 3, $c, $d, $e, $a, $b);
        round!($mix, $constant, $w, $at + 4, $b, $c, $d, $e, $a);
    };
}

#[inline(always)]
fn choice(b: v128, c: v128, d: v128) -> v128 {
    v128_bitselect(c, d, b)
}

#[inline(always)]
fn parity(b: v128, c: v128, d: v128) -> v128 {
    v128_xor(v128_xor(b, c), d)
}

#[inline(always)]
fn majority(b: v128, c: v128, d: v128) -> v128 {
    v128_bitselect(c, b, v128_xor(b, d))
}

unsafe fn block(state: &mut [v128; 5], blocks: &[*const u8; 4]) {
    let mut w = words(blocks);
    let [mut a, mut b, mut c, mut d, mut e] = *state;
    const K: [i32; 4] = [0x5A82_7999, 0x6ED9_EBA1, 0x8F1B_BCDC_u32 as i32, 0xCA62_C1D6_u32 as i32];
    five!(choice, K[0], w, 0, a, b, c, d, e);
    five!(choice, K[0], w, 5, a, b, c, d, e);
    five!(choice, K[0], w, 10, a, b, c, d, e);
    five!(choice, K[0], w, 15, a, b, c, d, e);
    five!(parity, K[1], w, 20, a, b, c, d, e);
    five!(parity, K[1], w, 25, a, b, c, d, e);
    five!(parity, K[1], w, 30, a, b, c, d, e);
    five!(parity, K[1], w, 35, a, b, c, d, e);
    five!(majority, K[2], w, 40, a, b, c, d, e);
    five!(majority, K[2], w, 45, a, b, c, d, e);
    five!(majority, K[2], w, 50, a, b, c, d, e);
    five!(majority, K[2], w, 55, a, b, c, d, e);
    five!(parity, K[3], w, 60, a, b, c, d, e);
    five!(parity, K[3], w, 65, a, b, c, d, e);
    five!(parity, K[3], w, 70, a, b, c, d, e);
    five!(parity, K[3], w, 75, a, b, c, d, e);
    state[0] = i32x4_add(state[0], a);
    state[1] = i32x4_add(state[1], b);
    state[2] = i32x4_add(state[2], c);
    state[3] = i32x4_add(state[3], d);
    state[4] = i32x4_add(state[4], e);
}

macro_rules! give {
    ($state:ident, $lane:literal, $hash:expr) => {{
        let mut word = 0;
        while word < 5 {
            let value = u32x4_extract_lane::<$lane>($state[word]).to_be_bytes();
            core::ptr::copy_nonoverlapping(value.as_ptr(), $hash.add(4 * word), 4);
            word += 1;
        }
    }};
}

/// Hashes four texts. One of fewer blocks than others goes on over what it was, after its hash was taken.
pub unsafe fn hash_four(texts: &[Padded; 4]) {
    let mut state = [
        u32x4_splat(START[0]),
        u32x4_splat(START[1]),
        u32x4_splat(START[2]),
        u32x4_splat(START[3]),
        u32x4_splat(START[4]),
    ];
    let longest = texts.iter().map(|text| text.blocks).max().unwrap_or(0);
    for number in 0..longest {
        let mut blocks = [texts[0].text; 4];
        for lane in 0..4 {
            let reached = number.min(texts[lane].blocks - 1);
            blocks[lane] = texts[lane].text.add(64 * reached as usize);
        }
        block(&mut state, &blocks);
        if texts[0].blocks == number + 1 {
            give!(state, 0, texts[0].hash);
        }
        if texts[1].blocks == number + 1 {
            give!(state, 1, texts[1].hash);
        }
        if texts[2].blocks == number + 1 {
            give!(state, 2, texts[2].hash);
        }
        if texts[3].blocks == number + 1 {
            give!(state, 3, texts[3].hash);
        }
    }
}
