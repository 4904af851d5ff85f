//! From when until when a certificate is good (RFC 5280 §4.1.2.5). The libraries that are here anyway check it and do not
//! tell it; those that tell it bring ten crates for this page.

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERAL_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// First and last second, counted from 1970; `None` if it is no certificate.
pub(super) fn validity(certificate: &[u8]) -> Option<(i64, i64)> {
    let (certificate, _) = expect(certificate, SEQUENCE)?;
    let (mut signed, _) = expect(certificate, SEQUENCE)?;
    if let Some((_, rest)) = expect(signed, VERSION) {
        signed = rest;
    }
    // Serial number, algorithm and issuer stand before it.
    for tag in [INTEGER, SEQUENCE, SEQUENCE] {
        signed = expect(signed, tag)?.1;
    }
    let (validity, _) = expect(signed, SEQUENCE)?;
    let (not_before, rest) = time(validity)?;
    Some((not_before, time(rest)?.0))
}

/// The content of an element with that tag, and what follows it.
fn expect(octets: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = octets.split_first()?;
    let (len, rest) = length(rest)?;
    (*first == tag && rest.len() >= len).then(|| rest.split_at(len))
}

fn length(octets: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = octets.split_first()?;
    if *first < 0x80 {
        return Some((usize::from(*first), rest));
    }
    let count = usize::from(first & 0x7f);
    let digits = rest.get(..count).filter(|d| (1..=4).contains(&d.len()))?;
    let len = digits.iter().fold(0, |n, d| n << 8 | usize::from(*d));
    Some((len, &rest[count..]))
}

/// `YYMMDDhhmmssZ` (1950 to 2049) or `YYYYMMDDhhmmssZ`.
fn time(octets: &[u8]) -> Option<(i64, &[u8])> {
    let (text, rest) = expect(octets, UTC_TIME).or_else(|| expect(octets, GENERAL_TIME))?;
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let years = text.len().checked_sub(10).filter(|y| [2, 4].contains(y))?;
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, len: usize| text[from..from + len].parse::<i64>().ok();
    let year = match (years, part(0, years)?) {
        (2, short) if short < 50 => 2000 + short,
        (2, short) => 1900 + short,
        (_, long) => long,
    };
    let days = days(year, part(years, 2)?, part(years + 2, 2)?);
    let clock = part(years + 4, 2)? * 3600 + part(years + 6, 2)? * 60 + part(years + 8, 2)?;
    Some((days * 86_400 + clock, rest))
}

/// Days from 1970-01-01 to a day of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin with March, so that the odd day is their last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_calendar() {
        for (date, want) in [
            ((1970, 1, 1), 0),
            ((2000, 2, 29), 11_016),
            ((2000, 3, 1), 11_017),
            ((2026, 11, 26), 20_783),
            ((2100, 3, 1), 47_541),
        ] {
            assert_eq!(days(date.0, date.1, date.2), want, "{date:?}");
        }
    }

    #[test]
    fn times_of_both_forms() {
        let element = |tag: u8, text: &str| [&[tag, text.len() as u8], text.as_bytes()].concat();
        for (tag, text, want) in [
            (UTC_TIME, "261126000000Z", Some(1_795_651_200)),
            (UTC_TIME, "700101000001Z", Some(1)),
            (GENERAL_TIME, "20500101000000Z", Some(2_524_608_000)),
            (UTC_TIME, "261126000000", None),
            (UTC_TIME, "26112600000aZ", None),
            (UTC_TIME, "Z", None),
        ] {
            assert_eq!(time(&element(tag, text)).map(|t| t.0), want, "{text}");
        }
    }

    #[test]
    fn a_certificate_tells_its_days() {
        let mut params = rcgen::CertificateParams::new(vec!["sip.example".into()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 11, 1);
        params.not_after = rcgen::date_time_ymd(2061, 3, 31);
        let key = rcgen::KeyPair::generate().unwrap();
        let made = params.self_signed(&key).unwrap();
        let (from, until) = validity(made.der()).unwrap();
        assert_eq!((from % 86_400, until % 86_400), (0, 0));
        assert_eq!(
            (from / 86_400, until / 86_400),
            (days(2026, 11, 1), days(2061, 3, 31))
        );
        for cut in 0..made.der().len().min(120) {
            assert_eq!(validity(&made.der()[..cut]), None);
        }
    }
}
