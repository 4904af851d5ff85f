//! Signed links: `SHOP.BOOKING` + signature (16 characters) + end (6 characters).
//!
//! The signature is HMAC-SHA256 cut to 96 bits (RFC 2104 §5 allows no fewer than 80; it can be tried only against the running
//! program, which counts), in base64url: no octet of it has two forms. The end comes last, in digits and small letters: some
//! telephones leave a `-` or `_` at the very end out of a link.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use biseo_model::ids::{BookingId, ShopId};
use biseo_model::record::Booking;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use subtle::ConstantTimeEq;

use crate::key::{Key, KeyError};

/// Where the pages lie.
pub(crate) const PATH: &str = "/v/";
const MARK: usize = 16;
const END: usize = 6;
/// Characters of a token at most: two ids of 64.
const MOST: usize = 64 + 1 + 64 + MARK + END;

/// What a link allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The shop.
    pub shop: ShopId,
    /// The booking.
    pub booking: BookingId,
    /// When the booking was to end as the link was made, in minutes since 1970 UTC; below 36⁶. It tells links apart; how long one
    /// holds is asked of the booking.
    pub until: u32,
}

/// Makes and reads links. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Links(Key);

impl Links {
    /// Links under the key of a data folder, which is made at the first start.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn open(data: &std::path::Path) -> Result<Self, KeyError> {
        Key::open(data).map(Self)
    }

    /// Links under a key.
    #[must_use]
    pub fn under(key: Key) -> Self {
        Self(key)
    }

    /// The path of a booking's page (`/v/…`), good until the booking ends, also when it is moved. `None` if its end is no
    /// instant from 1970 on.
    #[must_use]
    pub fn path(&self, booking: &Booking, zone: &TimeZone) -> Option<String> {
        let until = u32::try_from(end(booking, zone)?.as_second().div_euclid(60) + 1).ok()?;
        let claim = Claim {
            shop: booking.shop.clone(),
            booking: booking.id.clone(),
            until,
        };
        self.token(&claim).map(|token| format!("{PATH}{token}"))
    }

    /// The token of a claim.
    #[must_use]
    pub fn token(&self, claim: &Claim) -> Option<String> {
        let end = digits(claim.until)?;
        let mark = self.mark(claim.shop.as_str(), claim.booking.as_str(), &end);
        Some(format!("{}.{}{mark}{end}", claim.shop, claim.booking))
    }

    /// Reads a token; `None` for one that is not ours. Whether it is over is the caller's to ask.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<Claim> {
        if token.len() > MOST || !token.is_ascii() {
            return None;
        }
        let (rest, end) = token.split_at_checked(token.len().checked_sub(END)?)?;
        let (ids, mark) = rest.split_at_checked(rest.len().checked_sub(MARK)?)?;
        let (shop, booking) = ids.split_once('.')?;
        let expected = self.mark(shop, booking, end);
        if !bool::from(expected.as_bytes().ct_eq(mark.as_bytes())) {
            return None;
        }
        Some(Claim {
            shop: ShopId::new(shop).ok()?,
            booking: BookingId::new(booking).ok()?,
            until: number(end)?,
        })
    }

    fn mark(&self, shop: &str, booking: &str, end: &str) -> String {
        let signature = self.0.sign("biseo link 1", &[shop, booking, end]);
        URL_SAFE_NO_PAD.encode(&signature[..MARK * 3 / 4])
    }

    /// What a form carries that was made for a booking as it stands; another one as soon as it is moved or cancelled.
    pub(crate) fn form(&self, b: &Booking) -> String {
        let (state, parts) = (
            format!("{:?}", b.state),
            [
                b.date.to_string(),
                b.time.to_string(),
                b.minutes.to_string(),
                b.party_size.to_string(),
            ],
        );
        let mut all = vec![b.shop.as_str(), b.id.as_str(), &b.resource, &state];
        all.extend(parts.iter().map(String::as_str));
        URL_SAFE_NO_PAD.encode(&self.0.sign("biseo form 1", &all)[..18])
    }
}

/// When a booking begins.
pub(crate) fn begin(booking: &Booking, zone: &TimeZone) -> Option<Timestamp> {
    let begin = booking.date.to_datetime(booking.time);
    zone.to_timestamp(begin).ok()
}

/// When it ends.
pub(crate) fn end(booking: &Booking, zone: &TimeZone) -> Option<Timestamp> {
    begin(booking, zone)?
        .checked_add(i64::from(booking.minutes).minutes())
        .ok()
}

/// Six digits to the base of 36; `None` for what needs more.
fn digits(mut n: u32) -> Option<String> {
    let mut out = [b'0'; END];
    for place in out.iter_mut().rev() {
        *place = b"0123456789abcdefghijklmnopqrstuvwxyz"[(n % 36) as usize];
        n /= 36;
    }
    (n == 0).then(|| out.iter().map(|b| char::from(*b)).collect())
}

fn number(text: &str) -> Option<u32> {
    let form = |b: u8| b.is_ascii_digit() || b.is_ascii_lowercase();
    let fine = text.len() == END && text.bytes().all(form);
    fine.then(|| u32::from_str_radix(text, 36).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn links() -> Links {
        Links::under(Key::of(&[7; 32]))
    }

    fn claim(shop: &str, booking: &str, until: u32) -> Claim {
        Claim {
            shop: ShopId::new(shop).unwrap(),
            booking: BookingId::new(booking).unwrap(),
            until,
        }
    }

    #[test]
    fn a_link_is_short() {
        // An id as calls make it: time, eight digits, number within the call.
        let call = claim("haengbok", "1795000000000-0a1b2c3d-b1", 29_927_341);
        let console = claim("haengbok", "MDEyMzQ1Njc4OWFiY2RlZg", 29_927_341);
        for (claim, most) in [(call, 60), (console, 60)] {
            let path = format!("{PATH}{}", links().token(&claim).unwrap());
            assert!(path.len() <= most, "{path} has {}", path.len());
        }
    }

    #[test]
    fn ends_have_one_form() {
        assert_eq!(digits(u32::MAX), None);
        assert_eq!(digits(36_u32.pow(6) - 1).as_deref(), Some("zzzzzz"));
        for text in ["00000Z", "-00001", "+00001", "00001", "0000001"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

        #[test]
        fn what_was_made_is_read(shop in "[A-Za-z0-9_-]{1,64}", booking in "[A-Za-z0-9_-]{1,64}", until in 0..36_u32.pow(6)) {
            let claim = claim(&shop, &booking, until);
            let token = links().token(&claim).unwrap();
            prop_assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)));
            prop_assert_eq!(links().read(&token), Some(claim));
            prop_assert_eq!(Links::under(Key::of(&[8; 32])).read(&token), None);
        }

        /// No character of a token can be another, be missing or be added.
        #[test]
        fn nothing_else_is_read(at in 0..60_usize, with in "[ -~]", how in 0..3) {
            let token = links().token(&claim("haengbok", "1795000000000-0a1b2c3d-b1", 29_927_341)).unwrap();
            let at = at % token.len();
            let mut other = token.clone();
            match how {
                0 => other.replace_range(at..=at, &with),
                1 => other.replace_range(at..=at, ""),
                _ => other.insert_str(at, &with),
            }
            prop_assert!(other == token || links().read(&other).is_none(), "{other}");
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,200}", ascii in "[A-Za-z0-9._-]{0,200}") {
            prop_assert_eq!(links().read(&text), None);
            prop_assert_eq!(links().read(&ascii), None);
        }
    }
}
