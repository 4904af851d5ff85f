//! The published vectors: RFC 3711 appendix B, RFC 6188 §7, RFC 7714 §16 and §17, and the packet that every port of libsrtp
//! is checked by.

use super::cipher::{Cipher, Kind};
use super::derive::{Label, add_stream, counter_mode, session_key};
use super::*;

fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pair = |p: &[u8]| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap();
    digits.chunks(2).map(pair).collect()
}

const MASTER: &str = "e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6";

fn master() -> MasterKey {
    MasterKey::new(Suite::AesCm128Sha1_80, &octets(MASTER)).unwrap()
}

#[test]
fn key_stream_of_rfc_3711_b_2() {
    let key = counter_mode(&octets("2b7e151628aed2a6abf7158809cf4f3c")).unwrap();
    let mut iv = [0; 16];
    iv[..14].copy_from_slice(&octets("f0f1f2f3f4f5f6f7f8f9fafbfcfd"));
    let mut stream = [0; 0xff02 * 16];
    add_stream(&key, iv, &mut stream).unwrap();
    let first =
        "e03ead0935c95e80e166b16dd92b4eb4 d23513162b02d0f72a43a2fe4a5f97ab 41e95b3bb0a2e8dd477901e4fca894c0";
    assert_eq!(stream[..48], *octets(first));
    let last =
        "ec8cdf7398607cb0f2d21675ea9ea1e4 362b7c3c6773516318a077d7fc5073ae 6a2cc3787889374fbeb4c81b17ba6c44";
    assert_eq!(stream[0xfeff * 16..], *octets(last));
}

#[test]
fn session_keys_of_rfc_3711_b_3() {
    let cipher: [u8; 16] = session_key(&master(), Label::RtpCipher).unwrap();
    assert_eq!(cipher, *octets("c61e7a93744f39ee10734afe3ff7a087"));
    let salt: [u8; 14] = session_key(&master(), Label::RtpSalt).unwrap();
    assert_eq!(salt, *octets("30cbbc08863d8c85d49db34a9ae1"));
    let auth: [u8; 94] = session_key(&master(), Label::RtpAuth).unwrap();
    let want = "cebe321f6ff7716b6fd4ab49af256a15 6d38baa48f0a0acf3c34e2359e6cdbce e049646c43d9327ad175578ef7227098\
        6371c10c9a369ac2f94a8c5fbcdddc25 6d6e919a48b610ef17c2041e47403576 6b68642c59bbfc2f34db60dbdfb2";
    assert_eq!(auth, *octets(want));
}

#[test]
fn session_keys_of_rfc_6188_7_2() {
    let key = octets(
        "f0f04914b513f2763a1b1fa130f10e29 98f6f6e43e4309d1e622a0e332b9f1b6 3b04803de51ee7c96423ab5b78d2",
    );
    let master = MasterKey::new(Suite::AesCm256Sha1_80, &key).unwrap();
    let cipher: [u8; 32] = session_key(&master, Label::RtpCipher).unwrap();
    let want = "5ba1064e30ec51613cad926c5a28ef73 1ec7fb397f70a960653caf06554cd8c4";
    assert_eq!(cipher, *octets(want));
    let salt: [u8; 14] = session_key(&master, Label::RtpSalt).unwrap();
    assert_eq!(salt, *octets("fa31791685ca444a9e07c6c64e93"));
    let auth: [u8; 20] = session_key(&master, Label::RtpAuth).unwrap();
    assert_eq!(auth, *octets("fd9c32d39ed5fbb5a9dc96b30818454d1313dc05"));
}

#[test]
fn the_packet_of_libsrtp() {
    let plain = octets("800f1234decafbadcafebabe abababababababababababababababab");
    let sealed = octets("800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb");
    let mut packet = plain.clone();
    packet.resize(plain.len() + MAX_GROWTH, 0);
    let len = Protector::new(&master())
        .unwrap()
        .protect_rtp(&mut packet, plain.len());
    assert_eq!(packet[..len.unwrap()], *sealed);
    let mut out = [0; 64];
    let len = Unprotector::new(&master())
        .unwrap()
        .unprotect_rtp(&sealed, &mut out);
    assert_eq!(out[..len.unwrap()], *plain);
}

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn gcm(octets_of_key: usize) -> Cipher {
    Cipher::gcm(&octets(KEY)[..octets_of_key], &octets("517569642070726f2071756f")).unwrap()
}

#[test]
fn rtp_of_rfc_7714_16() {
    let plain = octets(
        "8040f17b8041f8d35501a0b2 47616c6c696120657374206f6d6e6973206469766973 6120696e20706172746573207472 6573",
    );
    for (len, sealed) in [
        (
            16,
            "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce",
        ),
        (
            32,
            "32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13",
        ),
    ] {
        let mut packet = plain.clone();
        packet.resize(plain.len() + MAX_GROWTH, 0);
        let cipher = gcm(len);
        let (ssrc, index) = (0x5501_a0b2, 0xf17b);
        let whole = cipher
            .seal_rtp(&mut packet, plain.len(), 12, ssrc, index)
            .unwrap();
        assert_eq!(packet[12..whole], *octets(sealed));
        let opened = cipher.open_rtp(&mut packet[..whole], 12, ssrc, index).unwrap();
        assert_eq!(packet[..opened], *plain);
    }
}

#[test]
fn rtcp_of_rfc_7714_17() {
    let plain = octets(
        "81c8000d4d617273 4e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    );
    for (len, sealed) in [
        (
            16,
            "63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4",
        ),
        (
            32,
            "d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad1d1eb30c4446839f57ff6f6cb26ac3be800005d4",
        ),
    ] {
        let mut packet = plain.clone();
        packet.resize(plain.len() + MAX_GROWTH, 0);
        let cipher = gcm(len);
        let (ssrc, index) = (0x4d61_7273, 0x5d4);
        let whole = cipher.seal_rtcp(&mut packet, plain.len(), ssrc, index).unwrap();
        assert_eq!(packet[8..whole], *octets(sealed));
        assert_eq!(cipher.rtcp_index(&packet[..whole]).unwrap(), index);
        let opened = cipher.open_rtcp(&mut packet[..whole], ssrc, index).unwrap();
        assert_eq!(packet[..opened], *plain);
    }
    // RFC 7714 §17.3: authenticated only. It was not agreed on.
    let clear = octets(
        "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef\
         841dd9683dd78ec92ae58790125f62b3000005d4",
    );
    assert_eq!(gcm(16).rtcp_index(&clear), Err(SrtpError::Forged));
}

#[test]
fn keys_of_rtcp_are_its_own() {
    let cipher: [u8; 16] = session_key(&master(), Label::RtcpCipher).unwrap();
    assert_ne!(cipher, *octets("c61e7a93744f39ee10734afe3ff7a087"));
    assert_eq!(Cipher::new(&master(), Kind::Rtcp).unwrap().tag_len(), 10);
}
