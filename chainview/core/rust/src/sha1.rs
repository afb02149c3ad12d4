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

/// The word that follows sixteen of them, put behind them.
#[inline(always)]
unsafe fn put_next(at: *mut v128) {
    let mixed = v128_xor(v128_xor(*at.add(13), *at.add(8)), v128_xor(*at.add(2), *at));
    *at.add(16) = left::<1, 31>(mixed);
}

macro_rules! round {
    ($mix:expr, $constant:ident, $word:expr, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident) => {
        $e = i32x4_add(i32x4_add(i32x4_add(i32x4_add($e, $constant), $word), $mix($b, $c, $d)), left::<5, 27>($a));
        $b = left::<30, 2>($b);
    };
}

/// Rounds of one kind, five at a step, with the words from `at` to `end`, behind which more are put where `ahead`.
///
/// A function of its own that goes round a loop: the engine works out all words of what has no such edges before the
/// first round, and has no room for them but in memory. It is not told the constant, and the words of a step are read
/// before all else, since the compiler adds first what it knows first: each round waits for the one before it.
macro_rules! rounds {
    ($name:ident, $mix:expr, $constant:expr, $ahead:expr) => {
        #[inline(never)]
        unsafe fn $name(state: &mut [v128; 5], mut at: *mut v128, end: *mut v128) {
            let [mut a, mut b, mut c, mut d, mut e] = *state;
            let constant = u32x4_splat(core::ptr::read_volatile(&$constant));
            while at < end {
                let words = [*at, *at.add(1), *at.add(2), *at.add(3), *at.add(4)];
                if $ahead {
                    put_next(at);
                    put_next(at.add(1));
                    put_next(at.add(2));
                    put_next(at.add(3));
                    put_next(at.add(4));
                }
                round!($mix, constant, words[0], a, b, c, d, e);
                round!($mix, constant, words[1], e, a, b, c, d);
                round!($mix, constant, words[2], d, e, a, b, c);
                round!($mix, constant, words[3], c, d, e, a, b);
                round!($mix, constant, words[4], b, c, d, e, a);
                at = at.add(5);
            }
            *state = [a, b, c, d, e];
        }
    };
}

rounds!(to_20, choice, 0x5A82_7999, true);
rounds!(to_40, parity, 0x6ED9_EBA1, true);
rounds!(to_60, majority, 0x8F1B_BCDC, true);
rounds!(to_65, parity, 0xCA62_C1D6, true);
rounds!(to_80, parity, 0xCA62_C1D6, false);

#[inline(never)]
unsafe fn block(state: &mut [v128; 5], blocks: &[*const u8; 4]) {
    let mut room = core::mem::MaybeUninit::<[v128; 81]>::uninit();
    let at = room.as_mut_ptr() as *mut v128;
    *(at as *mut [v128; 16]) = words(blocks);
    let mut now = *state;
    to_20(&mut now, at, at.add(20));
    to_40(&mut now, at.add(20), at.add(40));
    to_60(&mut now, at.add(40), at.add(60));
    to_65(&mut now, at.add(60), at.add(65));
    to_80(&mut now, at.add(65), at.add(80));
    for word in 0..5 {
        state[word] = i32x4_add(state[word], now[word]);
    }
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
