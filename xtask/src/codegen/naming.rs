//! One name, written as each language writes it: `sale.complete_many`.

/// `saleCompleteMany`
pub(super) fn camel(name: &str) -> String {
    let mut words = words(name);
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &capitalized(word))
}

/// `SaleCompleteMany`
pub(super) fn pascal(name: &str) -> String {
    words(name).map(capitalized).collect()
}

/// `sale_complete_many`
pub(super) fn snake(name: &str) -> String {
    words(name).collect::<Vec<_>>().join("_")
}

/// `SALE_COMPLETE_MANY`
pub(super) fn screaming(name: &str) -> String {
    snake(name).to_uppercase()
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(['.', '_']).filter(|word| !word.is_empty())
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_as_each_language_writes_it() {
        let cases = [
            ("sale.complete", "saleComplete", "SaleComplete", "sale_complete", "SALE_COMPLETE"),
            ("provision", "provision", "Provision", "provision", "PROVISION"),
            (
                "sale.complete_many",
                "saleCompleteMany",
                "SaleCompleteMany",
                "sale_complete_many",
                "SALE_COMPLETE_MANY",
            ),
            ("unknown_outcome", "unknownOutcome", "UnknownOutcome", "unknown_outcome", "UNKNOWN_OUTCOME"),
        ];
        for (name, in_node, as_type, in_python, in_c) in cases {
            assert_eq!(camel(name), in_node);
            assert_eq!(pascal(name), as_type);
            assert_eq!(snake(name), in_python);
            assert_eq!(screaming(name), in_c);
        }
    }
}
