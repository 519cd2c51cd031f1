//! Just enough of gzip (RFC 1951, RFC 1952) to make small files and bombs.

const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// `content` (up to 64 KiB) in one stored block.
pub(crate) fn stored(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    let mut out = HEADER.to_vec();
    out.push(1);
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(content);
    out.extend(crc32(content).to_le_bytes());
    out.extend(u32::from(length).to_le_bytes());
    out
}

/// Zeros without end: a fixed Huffman block of one literal and `copies` copies of 258 bytes, at 13
/// bits each.
pub(crate) fn bomb(copies: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push("1"); // the last block
    bits.push("10"); // fixed Huffman codes, least significant bit first
    bits.push("00110000"); // the literal 0
    for _ in 0..copies {
        bits.push("11000101"); // code 285: length 258
        bits.push("00000"); // code 0: distance 1
    }
    bits.push("0000000"); // end of block
    [HEADER.to_vec(), bits.bytes].concat()
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: usize,
}

impl Bits {
    fn push(&mut self, bits: &str) {
        for bit in bits.bytes() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= u8::from(bit == b'1') << (self.used % 8);
            self.used += 1;
        }
    }
}

fn crc32(content: &[u8]) -> u32 {
    !content.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[test]
fn the_check_value_of_crc_32_comes_out() {
    assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
}
