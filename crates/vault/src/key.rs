//! An installation's keys.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM_SIV, LessSafeKey, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::error::VaultError;

/// Octets of a key.
const OCTETS: usize = 32;
/// Keys that are known at once, at most: one to seal with, the others to read with.
const MOST: usize = 32;

/// By which key something is sealed. It says nothing of the key itself (HKDF-Expand of it).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub(crate) [u8; 8]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// A key of 32 octets, wiped when it goes. Not shown.
#[derive(Clone)]
pub struct Key {
    octets: Zeroizing<[u8; OCTETS]>,
    id: KeyId,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, …)", self.id)
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl Key {
    /// A key of these octets, which must be random.
    #[must_use]
    pub fn of(octets: &[u8; OCTETS]) -> Self {
        let mut id = [0; 8];
        let prk = Salt::none(HKDF_SHA256).extract(octets);
        // Eight octets are within what HKDF gives (RFC 5869 §2.3), so that nothing can fail.
        if let Ok(okm) = prk.expand(&[b"biseo vault key id"], Length(8)) {
            let _ = okm.fill(&mut id);
        }
        Self {
            octets: Zeroizing::new(*octets),
            id: KeyId(id),
        }
    }

    /// A new one.
    ///
    /// # Errors
    /// [`VaultError::Random`].
    pub fn generate() -> Result<Self, VaultError> {
        let mut octets = Zeroizing::new([0; OCTETS]);
        rand::fill(&mut *octets).map_err(|_| VaultError::Random)?;
        Ok(Self::of(&octets))
    }

    /// How it is called in what it has sealed.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// As it stands in a key file: Base64, 44 letters.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(*self.octets))
    }

    /// A key of its own for a purpose. All of `info` is of fixed lengths.
    pub(crate) fn derive(&self, salt: &[u8], info: &[&[u8]]) -> Result<LessSafeKey, VaultError> {
        let prk: Prk = Salt::new(HKDF_SHA256, salt).extract(&*self.octets);
        let okm = prk.expand(info, &AES_256_GCM_SIV)?;
        Ok(LessSafeKey::new(UnboundKey::from(okm)))
    }
}

/// Why octets are no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// There is nothing.
    #[error("there is no key in it")]
    Empty,
    /// A line is neither Base64 nor of 32 octets.
    #[error("line {0} is no key: 32 octets in Base64 (44 letters) are wanted")]
    Line(usize),
    /// 32 letters that can be typed.
    #[error("it is a word, not a key: 32 random octets are wanted (biseo data key makes them)")]
    Word,
    /// The same key twice.
    #[error("line {0} holds a key that stands before")]
    Twice(usize),
    /// Too many.
    #[error("it holds more than {MOST} keys")]
    TooMany,
}

/// The keys of an installation: one to seal with, and older ones to read with. Not shown.
#[derive(Clone)]
pub struct Keys {
    current: Key,
    old: Vec<Key>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({}, {} old)", self.current.id, self.old.len())
    }
}

impl Keys {
    /// With one key.
    #[must_use]
    pub fn new(current: Key) -> Self {
        Self {
            current,
            old: Vec::new(),
        }
    }

    /// With one new key.
    ///
    /// # Errors
    /// [`VaultError::Random`].
    pub fn generate() -> Result<Self, VaultError> {
        Key::generate().map(Self::new)
    }

    /// Reads what a key file holds, or what a command has printed: 32 octets as they are, or one key in Base64 on each line. The first one
    /// seals, the others only read. Empty lines and those that begin with `#` are passed over.
    ///
    /// # Errors
    /// [`KeyFault`], without a letter of what was read.
    pub fn parse(octets: &[u8]) -> Result<Self, KeyFault> {
        if let Ok(raw) = <&[u8; OCTETS]>::try_from(octets) {
            let is_typed = raw.iter().all(|o| (0x20..0x7f).contains(o) || *o == b'\n');
            return match is_typed {
                true => Err(KeyFault::Word),
                false => Ok(Self::new(Key::of(raw))),
            };
        }
        let mut keys: Vec<Key> = Vec::new();
        for (number, line) in (1..).zip(octets.split(|o| *o == b'\n')) {
            let line = line.trim_ascii();
            if line.is_empty() || line[0] == b'#' {
                continue;
            }
            let key = line_of(line).ok_or(KeyFault::Line(number))?;
            if keys.iter().any(|known| known.id == key.id) {
                return Err(KeyFault::Twice(number));
            }
            keys.push(key);
        }
        if keys.len() > MOST {
            return Err(KeyFault::TooMany);
        }
        let mut keys = keys.into_iter();
        let current = keys.next().ok_or(KeyFault::Empty)?;
        Ok(Self {
            current,
            old: keys.collect(),
        })
    }

    /// The key that seals.
    #[must_use]
    pub fn current(&self) -> &Key {
        &self.current
    }

    /// How many older ones are known.
    #[must_use]
    pub fn old(&self) -> usize {
        self.old.len()
    }

    /// The key of that id.
    ///
    /// # Errors
    /// [`VaultError::NoKey`] if it is not known.
    pub fn find(&self, id: KeyId) -> Result<&Key, VaultError> {
        let all = std::iter::once(&self.current).chain(&self.old);
        let mut found = all.filter(|key| key.id == id);
        found.next().ok_or(VaultError::NoKey(id))
    }

    /// The same with another key to seal with; the one before becomes an old one.
    #[must_use]
    pub fn with_new(self, key: Key) -> Self {
        let mut old = vec![self.current];
        old.extend(self.old);
        Self { current: key, old }
    }

    /// As they stand in a key file.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(45 * (1 + self.old.len())));
        for key in std::iter::once(&self.current).chain(&self.old) {
            text.push_str(&key.to_text());
            text.push('\n');
        }
        text
    }
}

fn line_of(line: &[u8]) -> Option<Key> {
    let octets = Zeroizing::new(STANDARD.decode(line).ok()?);
    let octets = <&[u8; OCTETS]>::try_from(octets.as_slice()).ok()?;
    Some(Key::of(octets))
}
