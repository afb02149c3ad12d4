//! SHA-1 of one text.

const START: [u32; 5] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
const K: [u32; 4] = [0x5A82_7999, 0x6ED9_EBA1, 0x8F1B_BCDC, 0xCA62_C1D6];

/// The hash of a text, which is padded in place.
pub unsafe fn of(text: *mut u8, size: usize) -> [u8; 20] {
    let end = ((size + 8) / 64 + 1) * 64;
    *text.add(size) = 0x80;
    core::ptr::write_bytes(text.add(size + 1), 0, end - size - 1);
    let bits = (size as u64 * 8).to_be_bytes();
    core::ptr::copy_nonoverlapping(bits.as_ptr(), text.add(end - 8), 8);
    let mut state = START;
    let mut at = 0;
    while at < end {
        block(&mut state, text.add(at));
        at += 64;
    }
    let mut hash = [0; 20];
    for (place, word) in hash.chunks_exact_mut(4).zip(state) {
        place.copy_from_slice(&word.to_be_bytes());
    }
    hash
}

macro_rules! round {
    ($w:ident, $at:expr, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident) => {{
        let word = if $at < 16 {
            $w[$at]
        } else {
            let mixed = $w[($at + 13) & 15] ^ $w[($at + 8) & 15] ^ $w[($at + 2) & 15] ^ $w[$at & 15];
            $w[$at & 15] = mixed.rotate_left(1);
            $w[$at & 15]
        };
        let mix = match $at / 20 {
            0 => $d ^ ($b & ($c ^ $d)),
            2 => ($b & $c) | ($d & ($b | $c)),
            _ => $b ^ $c ^ $d,
        };
        $e = $e.wrapping_add($a.rotate_left(5)).wrapping_add(mix).wrapping_add(K[$at / 20]).wrapping_add(word);
        $b = $b.rotate_left(30);
    }};
}

macro_rules! five {
    ($w:ident, $at:expr, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident) => {
        round!($w, $at, $a, $b, $c, $d, $e);
        round!($w, $at + 1, $e, $a, $b, $c, $d);
        round!($w, $at + 2, $d, $e, $a, $b, $c);
        round!($w, $at + 3, $c, $d, $e, $a, $b);
        round!($w, $at + 4, $b, $c, $d, $e, $a);
    };
}

macro_rules! twenty {
    ($w:ident, $at:expr, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident) => {
        five!($w, $at, $a, $b, $c, $d, $e);
        five!($w, $at + 5, $a, $b, $c, $d, $e);
        five!($w, $at + 10, $a, $b, $c, $d, $e);
        five!($w, $at + 15, $a, $b, $c, $d, $e);
    };
}

unsafe fn block(state: &mut [u32; 5], text: *const u8) {
    let mut w = [0u32; 16];
    for (at, word) in w.iter_mut().enumerate() {
        *word = u32::from_be((text.add(4 * at) as *const u32).read_unaligned());
    }
    let [mut a, mut b, mut c, mut d, mut e] = *state;
    twenty!(w, 0, a, b, c, d, e);
    twenty!(w, 20, a, b, c, d, e);
    twenty!(w, 40, a, b, c, d, e);
    twenty!(w, 60, a, b, c, d, e);
    for (held, new) in state.iter_mut().zip([a, b, c, d, e]) {
        *held = held.wrapping_add(new);
    }
}
