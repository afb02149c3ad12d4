//! Where the objects of msgpack end, and what the plain ones hold, without believing any length.

/// The most objects of one extras map that are looked at.
const MOST_OBJECTS: usize = 1 << 12;

pub struct Reader<'a> {
    pub data: &'a [u8],
    pub at: usize,
    /// Whether more was asked for than there is.
    pub is_short: bool,
}

impl<'a> Reader<'a> {
    pub fn new(data: &'a [u8], at: usize) -> Self {
        Reader { data, at, is_short: false }
    }

    /// The next `size` bytes; None where there are no more so many.
    pub fn take(&mut self, size: usize) -> Option<&'a [u8]> {
        let taken = self.at.checked_add(size).and_then(|end| self.data.get(self.at..end));
        match taken {
            Some(_) => self.at += size,
            None => self.is_short = true,
        }
        taken
    }

    fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    fn number(&mut self, width: usize) -> Option<u64> {
        Some(self.take(width)?.iter().fold(0, |number, &byte| number << 8 | byte as u64))
    }

    fn sized(&mut self, width: usize) -> Option<&'a [u8]> {
        let size = self.number(width)?;
        self.take(usize::try_from(size).ok()?)
    }

    /// The bytes of a byte string.
    pub fn binary(&mut self) -> Option<&'a [u8]> {
        match self.byte()? {
            0xC4 => self.sized(1),
            0xC5 => self.sized(2),
            0xC6 => self.sized(4),
            _ => None,
        }
    }

    /// The same, or None inside for nil.
    pub fn binary_or_nil(&mut self) -> Option<Option<&'a [u8]>> {
        if self.data.get(self.at) == Some(&0xC0) {
            self.at += 1;
            return Some(None);
        }
        Some(Some(self.binary()?))
    }

    /// The bytes of a text.
    pub fn text(&mut self) -> Option<&'a [u8]> {
        match self.byte()? {
            lead @ 0xA0..=0xBF => self.take((lead & 0x1F) as usize),
            0xD9 => self.sized(1),
            0xDA => self.sized(2),
            0xDB => self.sized(4),
            _ => None,
        }
    }

    /// A number that is not negative.
    pub fn natural(&mut self) -> Option<u64> {
        match self.byte()? {
            lead @ 0..=0x7F => Some(lead as u64),
            0xCC => self.number(1),
            0xCD => self.number(2),
            0xCE => self.number(4),
            0xCF => self.number(8),
            _ => None,
        }
    }

    pub fn boolean(&mut self) -> Option<bool> {
        match self.byte()? {
            0xC2 => Some(false),
            0xC3 => Some(true),
            _ => None,
        }
    }

    /// Moves past one object, whatever it is.
    pub fn skip(&mut self) -> Option<()> {
        let (mut pending, mut seen) = (1usize, 0);
        while pending > 0 {
            if pending > self.data.len() - self.at || seen == MOST_OBJECTS {
                self.is_short = seen < MOST_OBJECTS;
                return None;
            }
            seen += 1;
            pending -= 1;
            match self.byte()? {
                0..=0x7F | 0xE0..=0xFF | 0xC0 | 0xC2 | 0xC3 => {}
                lead @ 0x80..=0x8F => pending += 2 * (lead & 0x0F) as usize,
                lead @ 0x90..=0x9F => pending += (lead & 0x0F) as usize,
                lead @ 0xA0..=0xBF => drop(self.take((lead & 0x1F) as usize)?),
                0xC1 => return None,
                0xC4 | 0xD9 => drop(self.sized(1)?),
                0xC5 | 0xDA => drop(self.sized(2)?),
                0xC6 | 0xDB => drop(self.sized(4)?),
                lead @ 0xC7..=0xC9 => {
                    self.sized(1 << (lead - 0xC7))?;
                    self.take(1)?;
                }
                0xCA => drop(self.take(4)?),
                0xCB => drop(self.take(8)?),
                lead @ 0xCC..=0xCF => drop(self.take(1 << (lead - 0xCC))?),
                lead @ 0xD0..=0xD3 => drop(self.take(1 << (lead - 0xD0))?),
                lead @ 0xD4..=0xD8 => drop(self.take(1 + (1 << (lead - 0xD4)))?),
                0xDC => pending += self.number(2)? as usize,
                0xDD => pending += self.number(4)? as usize,
                0xDE => pending += 2 * self.number(2)? as usize,
                0xDF => pending = pending.checked_add((self.number(4)? as usize).checked_mul(2)?)?,
            }
        }
        Some(())
    }
}
