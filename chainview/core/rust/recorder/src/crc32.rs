//! The CRC-32 of zlib, four bytes at a time.

static TABLES: [[u32; 256]; 4] = tables();

const fn tables() -> [[u32; 256]; 4] {
    let mut tables = [[0; 256]; 4];
    let mut value = 0;
    while value < 256 {
        let mut rest = value as u32;
        let mut bit = 0;
        while bit < 8 {
            rest = if rest & 1 == 1 { 0xEDB8_8320 ^ rest >> 1 } else { rest >> 1 };
            bit += 1;
        }
        tables[0][value] = rest;
        value += 1;
    }
    let mut number = 1;
    while number < 4 {
        let mut value = 0;
        while value < 256 {
            let before = tables[number - 1][value];
            tables[number][value] = before >> 8 ^ tables[0][(before & 0xff) as usize];
            value += 1;
        }
        number += 1;
    }
    tables
}

pub fn of(data: &[u8]) -> u32 {
    let mut sum = !0u32;
    let fours = data.chunks_exact(4);
    let rest = fours.remainder();
    for four in fours {
        sum ^= u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
        sum = TABLES[3][(sum & 0xff) as usize]
            ^ TABLES[2][(sum >> 8 & 0xff) as usize]
            ^ TABLES[1][(sum >> 16 & 0xff) as usize]
            ^ TABLES[0][(sum >> 24) as usize];
    }
    for &byte in rest {
        sum = sum >> 8 ^ TABLES[0][((sum ^ byte as u32) & 0xff) as usize];
    }
    !sum
}
