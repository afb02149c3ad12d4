//! CRC-32 as zlib computes it, eight bytes at a step.

static TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0u32; 256]; 8];
    let mut value = 0;
    while value < 256 {
        let mut rest = value as u32;
        let mut bit = 0;
        while bit < 8 {
            rest = if rest & 1 == 1 { rest >> 1 ^ 0xEDB8_8320 } else { rest >> 1 };
            bit += 1;
        }
        tables[0][value] = rest;
        value += 1;
    }
    let mut step = 1;
    while step < 8 {
        let mut value = 0;
        while value < 256 {
            let before = tables[step - 1][value];
            tables[step][value] = before >> 8 ^ tables[0][(before & 0xFF) as usize];
            value += 1;
        }
        step += 1;
    }
    tables
}

/// The checksum of some bytes.
pub fn of(data: &[u8]) -> u32 {
    let mut rest = !0u32;
    let mut steps = data.chunks_exact(8);
    for step in &mut steps {
        let low = rest ^ u32::from_le_bytes([step[0], step[1], step[2], step[3]]);
        rest = TABLES[7][(low & 0xFF) as usize]
            ^ TABLES[6][(low >> 8 & 0xFF) as usize]
            ^ TABLES[5][(low >> 16 & 0xFF) as usize]
            ^ TABLES[4][(low >> 24) as usize]
            ^ TABLES[3][step[4] as usize]
            ^ TABLES[2][step[5] as usize]
            ^ TABLES[1][step[6] as usize]
            ^ TABLES[0][step[7] as usize];
    }
    for &byte in steps.remainder() {
        rest = rest >> 8 ^ TABLES[0][((rest ^ byte as u32) & 0xFF) as usize];
    }
    !rest
}
