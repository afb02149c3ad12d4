//! Fingerprints of payloads: SipHash-1-3 with a secret key, so that nobody makes two that have the same.

use crate::bytes;
use crate::index::Span;

const WORD: usize = 8;

struct Sip([u64; 4]);

impl Sip {
    fn new(key: &[u64; 2]) -> Sip {
        Sip([
            key[0] ^ 0x736F_6D65_7073_6575,
            key[1] ^ 0x646F_7261_6E64_6F6D,
            key[0] ^ 0x6C79_6765_6E65_7261,
            key[1] ^ 0x7465_6462_7974_6573,
        ])
    }

    #[inline(always)]
    fn round(&mut self) {
        let [mut a, mut b, mut c, mut d] = self.0;
        a = a.wrapping_add(b);
        b = b.rotate_left(13) ^ a;
        a = a.rotate_left(32);
        c = c.wrapping_add(d);
        d = d.rotate_left(16) ^ c;
        a = a.wrapping_add(d);
        d = d.rotate_left(21) ^ a;
        c = c.wrapping_add(b);
        b = b.rotate_left(17) ^ c;
        c = c.rotate_left(32);
        self.0 = [a, b, c, d];
    }

    #[inline(always)]
    fn take(&mut self, word: u64) {
        self.0[3] ^= word;
        self.round();
        self.0[0] ^= word;
    }

    fn end(mut self) -> u64 {
        self.0[2] ^= 0xFF;
        for _ in 0..3 {
            self.round();
        }
        self.0[0] ^ self.0[1] ^ self.0[2] ^ self.0[3]
    }
}

/// Puts the fingerprint of each of these payloads at `found`.
#[no_mangle]
pub unsafe extern "C" fn prints(data: usize, spans: *const Span, count: u32, key: &[u64; 2], found: *mut u64) {
    for at in 0..count as usize {
        let span = &*spans.add(at);
        *found.add(at) = print(bytes(data + span.begin as usize, (span.end - span.begin) as usize), key);
    }
}

fn print(payload: &[u8], key: &[u64; 2]) -> u64 {
    let mut sip = Sip::new(key);
    let words = payload.chunks_exact(WORD);
    let rest = words.remainder();
    for word in words {
        sip.take(u64::from_le_bytes([word[0], word[1], word[2], word[3], word[4], word[5], word[6], word[7]]));
    }
    let mut last = (payload.len() as u64) << 56;
    for (at, &byte) in rest.iter().enumerate() {
        last |= (byte as u64) << (8 * at);
    }
    sip.take(last);
    sip.end()
}
