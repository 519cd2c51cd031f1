//! Python code in lines of at most 100 characters, broken as black breaks them.

/// The longest line.
pub(super) const WIDTH: usize = 100;

/// A piece of code.
pub(super) enum Code {
    /// What is never broken.
    Word(String),
    /// Brackets with what stands between them.
    Brackets { open: String, items: Vec<Code>, close: &'static str },
}

/// A word.
pub(super) fn word(text: impl Into<String>) -> Code {
    Code::Word(text.into())
}

/// Brackets; `open` ends with the opening one.
pub(super) fn brackets(open: impl Into<String>, items: Vec<Code>, close: &'static str) -> Code {
    Code::Brackets { open: open.into(), items, close }
}

impl Code {
    /// The code on one line.
    pub(super) fn flat(&self) -> String {
        match self {
            Code::Word(text) => text.clone(),
            Code::Brackets { open, items, close } => format!("{open}{}{close}", joined(items)),
        }
    }

    /// The code in lines, behind an indentation, with what follows it.
    pub(super) fn lines(&self, indent: usize, suffix: &str) -> Vec<String> {
        let pad = " ".repeat(indent);
        let flat = format!("{pad}{}{suffix}", self.flat());
        let Code::Brackets { open, items, close } = self else { return vec![flat] };
        if fits(&flat) {
            return vec![flat];
        }
        let mut lines = vec![format!("{pad}{open}")];
        let between = format!("{pad}    {}", joined(items));
        if fits(&between) && !is_literal(open) {
            lines.push(between);
        } else {
            lines.extend(items.iter().flat_map(|item| item.lines(indent + 4, ",")));
        }
        lines.push(format!("{pad}{close}{suffix}"));
        lines
    }
}

/// An import, with a name a line where they are many.
pub(super) fn import(module: &str, names: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
    let names: Vec<String> = names.into_iter().map(|name| name.as_ref().to_owned()).collect();
    let one = format!("from {module} import {}", names.join(", "));
    if fits(&one) {
        return vec![one];
    }
    let mut lines = vec![format!("from {module} import (")];
    lines.extend(names.iter().map(|name| format!("    {name},")));
    lines.push(")".into());
    lines
}

/// Whether brackets are those of a list or a dictionary, which have an item a line or are on one.
fn is_literal(open: &str) -> bool {
    let before = open.strip_suffix(['[', '{']);
    before.is_some_and(|before| !before.ends_with(|last: char| last.is_alphanumeric()))
}

fn joined(items: &[Code]) -> String {
    items.iter().map(Code::flat).collect::<Vec<_>>().join(", ")
}

fn fits(line: &str) -> bool {
    line.chars().count() <= WIDTH
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(arguments: usize) -> Code {
        let inner = brackets("g(", (0..arguments).map(|number| word(format!("{number:04}"))).collect(), ")");
        brackets("f(", vec![word("a"), inner], ")")
    }

    #[test]
    fn code_is_broken_from_the_outside_in() {
        assert_eq!(call(1).lines(4, ""), ["    f(a, g(0000))"]);
        let broken_once = call(14).lines(4, " -> R:");
        assert_eq!((broken_once.len(), broken_once[0].as_str()), (3, "    f("));
        assert!(broken_once[1].starts_with("        a, g(0000, ") && broken_once[1].ends_with("0013)"));
        assert_eq!(broken_once[2], "    ) -> R:");
        let broken_twice = call(16).lines(4, "");
        assert_eq!(broken_twice[..3], ["    f(", "        a,", "        g("]);
        assert_eq!(broken_twice[broken_twice.len() - 2..], ["        ),", "    )"]);
        assert!(broken_twice.iter().all(|line| line.len() <= WIDTH));
        let list = brackets("names = [", (0..20).map(|number| word(format!("{number:03}"))).collect(), "]");
        assert_eq!(list.lines(0, "").len(), 22);
    }
}
