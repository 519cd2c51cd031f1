//! The receipt as a page of HTML.

use super::paper::{Align, Block, Style, clean, parts};
use super::words::Words;
use super::{qr, sections};
use crate::receipt::{Qr, Receipt};

const STYLE: &str = "\
@page{size:80mm auto;margin:3mm}\
body{max-width:74mm;margin:0 auto;font:12px/1.4 ui-monospace,monospace;color:#000;background:#fff}\
p,table,hr{margin:2px 0}p{overflow-wrap:anywhere}\
hr{border:0;border-top:1px dashed #000;margin:6px 0}hr:has(+.big){display:none}\
.gap{height:8px}.indented{padding-left:16px}.center{text-align:center}\
.pair{display:flex;justify-content:space-between;gap:8px}.pair>span+span{white-space:nowrap}bdi span{display:inline-block}\
.strong,.big{font-weight:bold}.big{font-size:18px;border-top:2px solid;border-bottom:2px solid;padding:4px 0}\
table{width:100%;border-collapse:collapse}th,td{text-align:right;font-weight:normal}\
th:first-child,td:first-child{text-align:left}\
.qr{text-align:center}.qr svg{max-width:100%}";

/// The receipt as a self-contained page, as narrow as a receipt, in the receipt's language; it loads
/// and runs nothing.
pub fn html(receipt: &Receipt) -> String {
    let words = Words::of(receipt);
    let title =
        [&receipt.series, &receipt.number].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    page(words, &format!("{} {title}", words.document(receipt)), &sections::blocks(receipt))
}

/// Blocks as a page of their own.
pub(super) fn page(words: &Words, title: &str, blocks: &[Block]) -> String {
    let title = escape(&clean(title));
    let body: String = blocks.iter().map(block).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        words.language
    )
}

fn block(block: &Block) -> String {
    match block {
        Block::Text { text, align, style } => {
            format!("<p class=\"{} {}\">{}</p>\n", align_class(*align), style_class(*style), isolated(text))
        }
        Block::Pair { left, right, align, style } => format!(
            "<p class=\"pair {} {}\"><span>{}</span><span>{}</span></p>\n",
            align_class(*align),
            style_class(*style),
            isolated(left),
            escape(right)
        ),
        Block::Table(rows) => table(rows),
        Block::Rule => "<hr>\n".to_owned(),
        Block::Gap => "<div class=\"gap\"></div>\n".to_owned(),
        Block::Qr(code) => qr_code(code),
    }
}

fn table(rows: &[Vec<String>]) -> String {
    let rows = rows.iter().enumerate().map(|(index, row)| {
        let cell = if index == 0 { "th" } else { "td" };
        let cells: String = row.iter().map(|text| format!("<{cell}>{}</{cell}>", escape(text))).collect();
        format!("<tr>{cells}</tr>\n")
    });
    format!("<table>\n{}</table>\n", rows.collect::<String>())
}

fn qr_code(code: &Qr) -> String {
    match qr::svg(code) {
        Ok(svg) => format!("<div class=\"qr\">{svg}</div>\n"),
        Err(_) => format!("<p class=\"center plain\">{}</p>\n", isolated(&clean(&code.payload))),
    }
}

/// A text whose writing direction does not reach beyond it, and whose parts stay together where they can.
fn isolated(text: &str) -> String {
    let parts = parts(text);
    let shown: Vec<String> = match &parts[..] {
        [_, _, ..] => parts.iter().map(|part| format!("<span>{}</span>", escape(part))).collect(),
        _ => parts.iter().map(|part| escape(part)).collect(),
    };
    format!("<bdi>{}</bdi>", shown.join(" "))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

fn align_class(align: Align) -> &'static str {
    match align {
        Align::Left => "left",
        Align::Indented => "indented",
        Align::Center => "center",
    }
}

fn style_class(style: Style) -> &'static str {
    match style {
        Style::Plain => "plain",
        Style::Strong => "strong",
        Style::Big => "big",
    }
}
