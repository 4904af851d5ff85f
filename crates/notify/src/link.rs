//! Signed links for callers: a page where a booking can be changed, without signing in. The page itself is the API's business.
//!
//! A token says what it is for, for which shop and which thing, and until when; an HMAC-SHA256 over all of it, cut to 128 bits
//! (RFC 2104 §5), stands behind it. It is no secret of the shop's but of the caller's: whoever has it may do that one thing until then.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use biseo_model::ids::ShopId;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// Octets of the signature that are kept.
const TAG: usize = 16;
/// A token has so many characters at most.
const MOST: usize = 400;
/// Octets that a key has at least.
const LEAST_KEY: usize = 16;

/// What a link is for. A token for one is none for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To look at, change or cancel one booking.
    Booking,
    /// To look at or cancel one order.
    Order,
    /// To read one digest.
    Digest,
}

impl Purpose {
    const ALL: [(Self, u8); 3] = [(Self::Booking, b'b'), (Self::Order, b'o'), (Self::Digest, b'd')];

    fn letter(self) -> u8 {
        Self::ALL
            .iter()
            .find(|(purpose, _)| *purpose == self)
            .map_or(b'?', |(_, letter)| *letter)
    }
}

/// What a token allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What for.
    pub purpose: Purpose,
    /// Which shop.
    pub shop: ShopId,
    /// Which thing: a booking's or order's id; empty for the whole shop.
    pub subject: String,
    /// Until when, to the second.
    pub until: Timestamp,
}

/// Why a token is not taken. It does not say more, so that nobody learns anything by trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not ours, changed, or for something else.
    #[error("this link is not valid")]
    Invalid,
    /// It was ours.
    #[error("this link has expired")]
    Expired,
    /// The key is too short to sign with.
    #[error("the key for links is too short: give at least {LEAST_KEY} characters")]
    Key,
    /// A subject that cannot stand in a token.
    #[error("a subject has at most 64 characters of a-z, A-Z, 0-9, - and _")]
    Subject,
}

/// Signs and checks links.
pub struct Signer {
    keys: Vec<hmac::Key>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("keys", &self.keys.len()).finish()
    }
}

impl Signer {
    /// `keys`: the first signs, all check, so that a key can be replaced while links are out.
    ///
    /// # Errors
    /// [`LinkError::Key`] if there is none, or one is shorter than 16 octets.
    pub fn new(keys: &[SecretString]) -> Result<Self, LinkError> {
        if keys.is_empty() || keys.iter().any(|k| k.expose_secret().len() < LEAST_KEY) {
            return Err(LinkError::Key);
        }
        let key = |k: &SecretString| hmac::Key::new(hmac::HMAC_SHA256, k.expose_secret().as_bytes());
        Ok(Self {
            keys: keys.iter().map(key).collect(),
        })
    }

    /// A token for a grant: URL-safe, some 60 characters.
    ///
    /// # Errors
    /// [`LinkError::Subject`].
    ///
    /// ```
    /// use biseo_notify::link::{Grant, LinkError, Purpose, Signer};
    /// let signer = Signer::new(&["0123456789abcdef0123".to_string().into()]).unwrap();
    /// let until: jiff::Timestamp = "2026-11-27T10:30:00Z".parse().unwrap();
    /// let shop = biseo_model::ids::ShopId::new("haengbok").unwrap();
    /// let grant = Grant { purpose: Purpose::Booking, shop, subject: "b1".into(), until };
    /// let token = signer.sign(&grant).unwrap();
    /// assert_eq!(signer.check(&token, Purpose::Booking, until).unwrap(), grant);
    /// assert_eq!(signer.check(&token, Purpose::Order, until), Err(LinkError::Invalid));
    /// ```
    pub fn sign(&self, grant: &Grant) -> Result<String, LinkError> {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if grant.subject.len() > 64 || !grant.subject.chars().all(word) {
            return Err(LinkError::Subject);
        }
        let key = self.keys.first().ok_or(LinkError::Key)?;
        let mut octets = body(grant);
        octets.extend_from_slice(&tag(key, &octets));
        Ok(URL_SAFE_NO_PAD.encode(octets))
    }

    /// What a token allows, if it is one of ours, for this purpose, and `now` is not after its end.
    ///
    /// # Errors
    /// [`LinkError::Invalid`], [`LinkError::Expired`].
    pub fn check(&self, token: &str, purpose: Purpose, now: Timestamp) -> Result<Grant, LinkError> {
        if token.len() > MOST {
            return Err(LinkError::Invalid);
        }
        let octets = URL_SAFE_NO_PAD.decode(token).map_err(|_| LinkError::Invalid)?;
        let at = octets.len().checked_sub(TAG).ok_or(LinkError::Invalid)?;
        let (signed, given) = octets.split_at(at);
        let mut ours = subtle::Choice::from(0);
        for key in &self.keys {
            ours |= tag(key, signed).ct_eq(given);
        }
        if !bool::from(ours) {
            return Err(LinkError::Invalid);
        }
        let grant = read(signed)
            .filter(|g| g.purpose == purpose)
            .ok_or(LinkError::Invalid)?;
        if now.as_second() > grant.until.as_second() {
            return Err(LinkError::Expired);
        }
        Ok(grant)
    }
}

/// A version, the purpose, the end as 5 octets of seconds, the shop, a full stop, the subject. Ids hold no full stop.
fn body(grant: &Grant) -> Vec<u8> {
    let mut out = vec![b'1', grant.purpose.letter()];
    out.extend_from_slice(&grant.until.as_second().max(0).to_be_bytes()[3..]);
    out.extend_from_slice(format!("{}.{}", grant.shop, grant.subject).as_bytes());
    out
}

fn read(signed: &[u8]) -> Option<Grant> {
    let (&[version, letter, a, b, c, d, e], rest) = signed.split_first_chunk::<7>()?;
    let (purpose, _) = *Purpose::ALL.iter().find(|(_, l)| *l == letter)?;
    let until = i64::from_be_bytes([0, 0, 0, a, b, c, d, e]);
    let (shop, subject) = str::from_utf8(rest).ok()?.split_once('.')?;
    (version == b'1').then_some(())?;
    Some(Grant {
        purpose,
        shop: ShopId::new(shop).ok()?,
        subject: subject.to_string(),
        until: Timestamp::from_second(until).ok()?,
    })
}

fn tag(key: &hmac::Key, octets: &[u8]) -> [u8; TAG] {
    let mut out = [0; TAG];
    let whole = hmac::sign(key, octets);
    out.copy_from_slice(&whole.as_ref()[..TAG]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(keys: &[&str]) -> Signer {
        let keys: Vec<SecretString> = keys.iter().map(|k| k.to_string().into()).collect();
        Signer::new(&keys).unwrap()
    }

    fn grant() -> Grant {
        Grant {
            purpose: Purpose::Booking,
            shop: ShopId::new("haengbok").unwrap(),
            subject: "018f-Ab_9".into(),
            until: Timestamp::from_second(1_795_000_000).unwrap(),
        }
    }

    #[test]
    fn no_bit_of_a_token_can_be_changed() {
        let signer = signer(&["0123456789abcdef"]);
        let token = signer.sign(&grant()).unwrap();
        let now = grant().until;
        let octets = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for bit in 0..octets.len() * 8 {
            let mut other = octets.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            let other = URL_SAFE_NO_PAD.encode(other);
            assert_eq!(
                signer.check(&other, Purpose::Booking, now),
                Err(LinkError::Invalid),
                "bit {bit}"
            );
        }
        for short in 0..token.len() {
            assert!(signer.check(&token[..short], Purpose::Booking, now).is_err());
        }
        assert!(
            signer
                .check(&format!("{token}{token}"), Purpose::Booking, now)
                .is_err()
        );
    }

    #[test]
    fn it_ends_and_keys_can_be_replaced() {
        let old = signer(&["0123456789abcdef"]);
        let both = signer(&["fedcba9876543210", "0123456789abcdef"]);
        let new = signer(&["fedcba9876543210"]);
        let token = old.sign(&grant()).unwrap();
        let (end, late) = (grant().until, grant().until + jiff::SignedDuration::from_secs(1));
        assert_eq!(both.check(&token, Purpose::Booking, end).unwrap(), grant());
        assert_eq!(
            both.check(&token, Purpose::Booking, late),
            Err(LinkError::Expired)
        );
        assert_eq!(new.check(&token, Purpose::Booking, end), Err(LinkError::Invalid));
        assert!(
            new.check(&both.sign(&grant()).unwrap(), Purpose::Booking, end)
                .is_ok()
        );
        assert!(matches!(
            Signer::new(&["short".to_string().into()]),
            Err(LinkError::Key)
        ));
        let bad = Grant {
            subject: "a.b".into(),
            ..grant()
        };
        assert_eq!(old.sign(&bad), Err(LinkError::Subject));
    }
}
