//! A device that holds a passkey, as its browser shows it: the structures of W3C Web Authentication level 3 (§5.8.1, §6.1, §6.5.4),
//! written octet by octet and signed by a key of its own. Each part can be made wrong.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// User present (bit 0), user verified (bit 2), may be backed up (bit 3).
const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const WITH_CREDENTIAL: u8 = 1 << 6;

pub enum Key {
    Es256(EcdsaKeyPair),
    Rs256(RsaKeyPair),
}

pub struct Device {
    pub key: Key,
    pub id: Vec<u8>,
    /// What it calls the account by; told by the registration's options.
    pub handle: String,
    /// Its counter; it signs with the next one, or with 0 if it does not count.
    pub counter: u32,
    pub counts: bool,
    pub origin: String,
    pub domain: String,
    /// Whether it verifies its user.
    pub verifies: bool,
    /// What its browser says of another site's page around it.
    pub framed: bool,
}

impl Device {
    /// As telephones and laptops have them: ECDSA on P-256.
    pub fn new() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self::with(Key::Es256(key))
    }

    /// As TPMs under Windows have them: RSA.
    pub fn rsa() -> Self {
        Self::with(Key::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()))
    }

    fn with(key: Key) -> Self {
        let mut id = vec![0; 20];
        getrandom::fill(&mut id).unwrap();
        Self {
            key,
            id,
            handle: String::new(),
            counter: 0,
            counts: true,
            origin: crate::common::ORIGIN.into(),
            domain: "biseo.example".into(),
            verifies: true,
            framed: false,
        }
    }

    /// Makes the passkey: `RegistrationResponseJSON`.
    pub fn make(&mut self, options: &Value) -> Value {
        self.handle = options["user"]["id"].as_str().unwrap().into();
        let mut data = self.head(WITH_CREDENTIAL);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.cose());
        let mut object = head(5, 3);
        for (name, value) in [
            ("fmt", text("none")),
            ("attStmt", head(5, 0)),
            ("authData", octets(&data)),
        ] {
            object.extend(text(name));
            object.extend(value);
        }
        let client = self.client("webauthn.create", options);
        self.answer(json!({
            "clientDataJSON": base64(client.as_bytes()),
            "attestationObject": base64(&object),
            "authenticatorData": base64(&data),
            "publicKeyAlgorithm": -7,
            "transports": ["internal", "hybrid", "from-the-future"],
        }))
    }

    /// Signs in: `AuthenticationResponseJSON`.
    pub fn sign(&mut self, options: &Value) -> Value {
        self.counter += u32::from(self.counts);
        let data = self.head(0);
        let client = self.client("webauthn.get", options);
        let mut signed = data.clone();
        signed.extend(Sha256::digest(&client));
        let signature = self.signature(&signed);
        self.answer(json!({
            "clientDataJSON": base64(client.as_bytes()),
            "authenticatorData": base64(&data),
            "signature": base64(&signature),
            "userHandle": self.handle,
        }))
    }

    fn answer(&self, response: Value) -> Value {
        let id = base64(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {"credProps": {"rk": true}}, "response": response})
    }

    fn client(&self, kind: &str, options: &Value) -> String {
        let challenge = options["challenge"].as_str().unwrap();
        json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.framed})
            .to_string()
    }

    /// The first 37 octets of the authenticator's data.
    fn head(&self, more: u8) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let mut data = Sha256::digest(&self.domain).to_vec();
        data.push(PRESENT | verified | BACKUP_ELIGIBLE | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// The public key (RFC 9053 §7.1.1, RFC 8230 §4).
    fn cose(&self) -> Vec<u8> {
        match &self.key {
            Key::Es256(key) => {
                let point = key.public_key().as_ref();
                map(&[
                    (1, int(2)),
                    (3, int(-7)),
                    (-1, int(1)),
                    (-2, octets(&point[1..33])),
                    (-3, octets(&point[33..])),
                ])
            }
            Key::Rs256(key) => {
                // PKCS #1 for 2048 bits and 65537: the modulus begins after ten octets of headers less one, the exponent ends it.
                let der = key.public_key().as_ref();
                let (n, e) = (&der[9..265], &der[267..270]);
                map(&[(1, int(3)), (3, int(-257)), (-1, octets(n)), (-2, octets(e))])
            }
        }
    }

    fn signature(&self, data: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.key {
            Key::Es256(key) => key.sign(&random, data).unwrap().as_ref().to_vec(),
            Key::Rs256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, data, &mut signature)
                    .unwrap();
                signature
            }
        }
    }
}

pub fn base64(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

pub fn unbase64(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// CBOR (RFC 8949 §3): a head of a major type.
fn head(major: u8, n: u64) -> Vec<u8> {
    let kind = major << 5;
    match n {
        0..24 => vec![kind | n as u8],
        24..256 => vec![kind | 24, n as u8],
        _ => [&[kind | 25][..], &u16::try_from(n).unwrap().to_be_bytes()].concat(),
    }
}

fn int(n: i64) -> Vec<u8> {
    match u64::try_from(n) {
        Ok(n) => head(0, n),
        Err(_) => head(1, (-1 - n) as u64),
    }
}

fn octets(octets: &[u8]) -> Vec<u8> {
    [head(2, octets.len() as u64), octets.to_vec()].concat()
}

fn text(text: &str) -> Vec<u8> {
    [head(3, text.len() as u64), text.as_bytes().to_vec()].concat()
}

fn map(pairs: &[(i64, Vec<u8>)]) -> Vec<u8> {
    let mut all = head(5, pairs.len() as u64);
    for (key, value) in pairs {
        all.extend(int(*key));
        all.extend(value);
    }
    all
}
