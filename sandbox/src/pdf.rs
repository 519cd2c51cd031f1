//! A page of text as a PDF (ISO 32000-1): one page, one font of those that every reader has, no compression.

use std::fmt::Write;

/// A5, in points.
const PAGE: (u32, u32) = (420, 595);
const MARGIN: u32 = 36;
const LEADING: u32 = 14;

/// The lines as a document; those that do not fit on the page are left out. Characters outside Latin-1 become `?`.
pub(crate) fn page(lines: &[String]) -> Vec<u8> {
    let (width, height) = PAGE;
    let top = height - MARGIN;
    let most = usize::try_from((height - 2 * MARGIN) / LEADING).unwrap_or_default();
    let mut text = format!("BT /F1 10 Tf {LEADING} TL {MARGIN} {top} Td\n").into_bytes();
    for line in lines.iter().take(most) {
        text.push(b'(');
        text.extend(line.chars().flat_map(escaped));
        text.extend(b") Tj T*\n");
    }
    text.extend(b"ET\n");
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 5 0 R \
             /Resources << /Font << /F1 4 0 R >> >> >>"
        )
        .into_bytes(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>".to_vec(),
        [format!("<< /Length {} >>\nstream\n", text.len()).into_bytes(), text, b"endstream".to_vec()]
            .concat(),
    ];
    assembled(&objects)
}

/// A character of a string, which is Latin-1, with its delimiters escaped.
fn escaped(character: char) -> Vec<u8> {
    match u8::try_from(u32::from(character)) {
        Ok(byte @ (b'(' | b')' | b'\\')) => vec![b'\\', byte],
        Ok(byte) if byte >= b' ' && !(0x7f..0xa0).contains(&byte) => vec![byte],
        _ => vec![b'?'],
    }
}

/// Header, objects, the table of their places, and where that begins.
fn assembled(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", pdf.len());
        pdf.extend(format!("{} 0 obj\n", index + 1).as_bytes());
        pdf.extend(object);
        pdf.extend(b"\nendobj\n");
    }
    let start = pdf.len();
    pdf.extend(table.as_bytes());
    let size = objects.len() + 1;
    pdf.extend(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").as_bytes());
    pdf
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(pdf: &[u8], text: &str) -> usize {
        pdf.windows(text.len()).position(|window| window == text.as_bytes()).unwrap()
    }

    /// Every place in the table is that of the object it names, and the length of the text is its own.
    #[test]
    fn places_and_lengths_are_right() {
        let pdf = page(&["Caffè (doppio) \\ 1".to_owned(), "€ \u{1}".to_owned()]);
        let table = at(&pdf, "xref\n0 6\n");
        let text = String::from_utf8_lossy(&pdf[table..]).into_owned();
        for (index, row) in text.lines().skip(3).take(5).enumerate() {
            let place: usize = row[..10].parse().unwrap();
            assert!(pdf[place..].starts_with(format!("{} 0 obj\n", index + 1).as_bytes()), "{row}");
            assert_eq!(row.len(), 19, "{row}");
        }
        assert!(text.contains(&format!("startxref\n{table}\n")));
        let stream = at(&pdf, "stream\n") + "stream\n".len();
        let length: usize = String::from_utf8_lossy(&pdf[at(&pdf, "/Length ") + 8..])
            .split(' ')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        assert!(pdf[stream + length..].starts_with(b"endstream"));
        assert!(pdf[stream..].starts_with(b"BT "));
        let shown = b"(Caff\xe8 \\(doppio\\) \\\\ 1) Tj T*\n(? ?) Tj";
        assert!(pdf.windows(shown.len()).any(|window| window == shown));
    }
}
