//! A receipt as blocks, before anybody knows how wide the paper is.

use crate::receipt::Qr;
use crate::text::is_steering;

/// One thing on the paper.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block {
    /// A text, wrapped where it is too long.
    Text { text: String, align: Align, style: Style },
    /// A label at the left and an amount at the right.
    Pair { left: String, right: String, align: Align, style: Style },
    /// Rows of equally many cells, the first row their heads; the first column is at the left, the
    /// others are amounts.
    Table(Vec<Vec<String>>),
    /// A rule across the paper.
    Rule,
    /// A blank line.
    Gap,
    /// A QR code.
    Qr(Qr),
}

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    /// At the left margin.
    Left,
    /// Below a line of its own, which it explains.
    Indented,
    /// In the middle.
    Center,
}

/// How loud a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// As everything else.
    Plain,
    /// Bold.
    Strong,
    /// Bold, and big enough to find at once.
    Big,
}

/// The blocks of a receipt, in the order in which they are put down.
#[derive(Default)]
pub(super) struct Paper(Vec<Block>);

impl Paper {
    /// The blocks, with no rule or gap at the ends and none after another.
    pub(super) fn into_blocks(self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::with_capacity(self.0.len());
        for block in self.0 {
            let separates = matches!(block, Block::Rule | Block::Gap);
            if separates && blocks.last().is_none_or(|last| matches!(last, Block::Rule | Block::Gap)) {
                continue;
            }
            blocks.push(block);
        }
        while matches!(blocks.last(), Some(Block::Rule | Block::Gap)) {
            blocks.pop();
        }
        blocks
    }

    pub(super) fn left(&mut self, text: &str) {
        self.text(text, Align::Left, Style::Plain);
    }

    pub(super) fn indented(&mut self, text: &str) {
        self.text(text, Align::Indented, Style::Plain);
    }

    pub(super) fn center(&mut self, text: &str, style: Style) {
        self.text(text, Align::Center, style);
    }

    /// A text; its line breaks hold, and nothing is put down for an empty one.
    fn text(&mut self, text: &str, align: Align, style: Style) {
        for line in text.lines().map(clean).filter(|line| !line.is_empty()) {
            self.0.push(Block::Text { text: line, align, style });
        }
    }

    pub(super) fn pair(&mut self, left: &str, right: String, style: Style) {
        self.pair_at(left, right, Align::Left, style);
    }

    pub(super) fn indented_pair(&mut self, left: &str, right: String) {
        self.pair_at(left, right, Align::Indented, Style::Plain);
    }

    fn pair_at(&mut self, left: &str, right: String, align: Align, style: Style) {
        self.0.push(Block::Pair { left: clean(left), right: clean(&right), align, style });
    }

    pub(super) fn table(&mut self, rows: Vec<Vec<String>>) {
        let clean_row = |row: Vec<String>| row.iter().map(|cell| clean(cell)).collect();
        self.0.push(Block::Table(rows.into_iter().map(clean_row).collect()));
    }

    pub(super) fn rule(&mut self) {
        self.0.push(Block::Rule);
    }

    pub(super) fn gap(&mut self) {
        self.0.push(Block::Gap);
    }

    pub(super) fn qr(&mut self, qr: &Qr) {
        self.0.push(Block::Qr(qr.clone()));
    }
}

/// A text that does nothing but show: control characters are blanks, steering ones are gone, blanks
/// are single.
pub(super) fn clean(text: &str) -> String {
    let shown: String = text
        .chars()
        .filter(|character| !is_steering(*character))
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The parts of a text that a line does not end within unless it must: what stands between `/` or `·`, with single blanks.
pub(super) fn parts(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.split_inclusive(|word| matches!(*word, "/" | "·")).map(|part| part.join(" ")).collect()
}
