//! The cents of a sale worked out a second way: whole numbers only, fractions compared by
//! multiplying out, leftover cents found by sorting.

/// One line: hundredths of a piece, cents a piece, hundredths of a per cent VAT, a discount.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) quantity: i64,
    pub(crate) price: i64,
    pub(crate) rate: u32,
    pub(crate) percent: Option<u32>,
}

/// Gross of every line after all discounts; gross, net and VAT of every rate, highest first.
pub(crate) struct Expected {
    pub(crate) lines: Vec<i64>,
    pub(crate) groups: Vec<[i64; 3]>,
}

/// A number of hundredths as a decimal.
pub(crate) fn hundredths(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", number.abs() / 100, number.abs() % 100)
}

/// `numerator / denominator` to the nearest whole number, a half away from zero.
fn nearest(numerator: i64, denominator: i64) -> i64 {
    numerator.signum() * ((2 * numerator.abs() + denominator) / (2 * denominator))
}

/// Repeatedly gives the cent that is left to whoever is furthest below its exact share.
fn spread(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i64 = weights.iter().sum();
    if sum == 0 {
        assert_eq!(total, 0);
        return vec![0; weights.len()];
    }
    let (total, weights): (i128, Vec<i128>) = match sum < 0 {
        true => (total.into(), weights.iter().map(|weight| -i128::from(*weight)).collect()),
        false => (total.into(), weights.iter().map(|weight| i128::from(*weight)).collect()),
    };
    let sum = i128::from(sum.abs());
    let exact: Vec<i128> = weights.iter().map(|weight| total * weight).collect();
    let mut parts: Vec<i128> = exact
        .iter()
        .map(|share| if *share < 0 { -((-share + sum - 1) / sum) } else { share / sum })
        .collect();
    while parts.iter().sum::<i128>() < total {
        let short = |index: &usize| exact[*index] - parts[*index] * sum;
        let most = (0..parts.len()).map(|index| short(&index)).max().unwrap();
        let first = (0..parts.len()).find(|index| short(index) == most).unwrap();
        parts[first] += 1;
    }
    parts.into_iter().map(|part| i64::try_from(part).unwrap()).collect()
}

/// The sale of `lines` with `percent` off everything.
pub(crate) fn of(lines: &[Line], percent: u32) -> Expected {
    let mut gross: Vec<i64> = lines
        .iter()
        .map(|line| {
            let price = nearest(line.quantity * line.price, 100);
            price - line.percent.map_or(0, |percent| nearest(price * i64::from(percent), 100))
        })
        .collect();
    let off = nearest(gross.iter().sum::<i64>() * i64::from(percent), 100);

    let mut rates: Vec<u32> = lines.iter().map(|line| line.rate).collect();
    rates.sort_unstable_by(|a, b| b.cmp(a));
    rates.dedup();
    let members: Vec<Vec<usize>> = rates
        .iter()
        .map(|rate| (0..lines.len()).filter(|index| lines[*index].rate == *rate).collect())
        .collect();
    let sum = |gross: &[i64], members: &[usize]| members.iter().map(|index| gross[*index]).sum::<i64>();

    let weights: Vec<i64> = members.iter().map(|members| sum(&gross, members)).collect();
    for (members, share) in members.iter().zip(spread(off, &weights)) {
        let weights: Vec<i64> = members.iter().map(|index| gross[*index]).collect();
        for (index, part) in members.iter().zip(spread(share, &weights)) {
            gross[*index] -= part;
        }
    }
    let groups = rates.iter().zip(&members).map(|(rate, members)| {
        let gross = sum(&gross, members);
        let net = nearest(gross * 10_000, 10_000 + i64::from(*rate));
        [gross, net, gross - net]
    });
    Expected { groups: groups.collect(), lines: gross }
}
