//! The smallest ZIP there is: files stored as they are (APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16).

/// One file of an archive.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) data: Vec<u8>,
}

/// 1 January 1980, midnight, as DOS writes it: the same files give the same bytes.
const DOS_DATE: u16 = 0x0021;
/// Names are UTF-8.
const UTF8_NAMES: u16 = 0x0800;
/// What a reader must be able to do: nothing but read.
const VERSION: u16 = 10;

/// The archive, or nothing if something is too large for a ZIP without extensions.
pub(super) fn archive(entries: &[Entry]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let offset = u32::try_from(bytes.len()).ok()?;
        let size = u32::try_from(entry.data.len()).ok()?;
        let mut header = Vec::new();
        short(&mut header, VERSION);
        short(&mut header, UTF8_NAMES);
        short(&mut header, 0); // stored
        short(&mut header, 0); // midnight
        short(&mut header, DOS_DATE);
        long(&mut header, crc32(&entry.data));
        long(&mut header, size);
        long(&mut header, size);
        short(&mut header, u16::try_from(entry.name.len()).ok()?);
        short(&mut header, 0); // no extra field

        bytes.extend_from_slice(b"PK\x03\x04");
        bytes.extend_from_slice(&header);
        bytes.extend_from_slice(entry.name.as_bytes());
        bytes.extend_from_slice(&entry.data);

        directory.extend_from_slice(b"PK\x01\x02");
        short(&mut directory, VERSION);
        directory.extend_from_slice(&header);
        short(&mut directory, 0); // no comment
        short(&mut directory, 0); // first disk
        short(&mut directory, 0); // internal attributes
        long(&mut directory, 0); // external attributes
        long(&mut directory, offset);
        directory.extend_from_slice(entry.name.as_bytes());
    }
    let count = u16::try_from(entries.len()).ok()?;
    let offset = u32::try_from(bytes.len()).ok()?;
    let size = u32::try_from(directory.len()).ok()?;
    bytes.append(&mut directory);
    bytes.extend_from_slice(b"PK\x05\x06");
    short(&mut bytes, 0);
    short(&mut bytes, 0);
    short(&mut bytes, count);
    short(&mut bytes, count);
    long(&mut bytes, size);
    long(&mut bytes, offset);
    short(&mut bytes, 0);
    Some(bytes)
}

fn short(bytes: &mut Vec<u8>, value: u16) {
    bytes.extend_from_slice(&value.to_le_bytes());
}

fn long(bytes: &mut Vec<u8>, value: u32) {
    bytes.extend_from_slice(&value.to_le_bytes());
}

/// CRC-32 as ZIP uses it (polynomial 0xEDB88320, reflected).
fn crc32(data: &[u8]) -> u32 {
    let step = |mut crc: u32, byte: &u8| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
        crc
    };
    !data.iter().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check value of the CRC catalogue for CRC-32/ISO-HDLC.
    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }
}
