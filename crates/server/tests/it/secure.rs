//! Encrypted calls as a user has them: baresip by TLS, with SRTP that it insists on, calls a shop, is understood and hears; with
//! ICE; telephones that nobody vouches for, and calls that are not encrypted, are refused.

use std::path::PathBuf;

use biseo_model::record::CallEnd;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::support::softphone::{Setup, Softphone};
use crate::support::wire::spoken;
use crate::support::{Place, Server, biseo, latest, speaks, text};

/// Gives the place a certificate by an issuer of its own, and a TLS listener; gives the issuer's file.
fn with_tls(place: &Place, more: &str, until: (i32, u8, u8)) -> PathBuf {
    let (issuer_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut issuer = CertificateParams::default();
    issuer.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let vouched = issuer.self_signed(&issuer_key).unwrap();
    let mut own = CertificateParams::new(vec!["127.0.0.1".into(), "localhost".into()]).unwrap();
    own.not_after = rcgen::date_time_ymd(until.0, until.1, until.2);
    let certificate = own.signed_by(&key, &Issuer::new(issuer, issuer_key)).unwrap();
    let write = |name: &str, text: String| {
        let file = place.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    };
    write("shop.crt", certificate.pem());
    write("shop.key", key.serialize_pem());
    place.change(
        "[sip]\n",
        &format!("[sip]\ntls = {{ certificate = \"shop.crt\", key = \"shop.key\", name = \"localhost\" }}\n{more}\n"),
    );
    place.change("\"tcp:127.0.0.1:0\"", "\"tcp:127.0.0.1:0\", \"tls:127.0.0.1:0\"");
    write("ca.crt", vouched.pem())
}

fn long_good() -> (i32, u8, u8) {
    (2061, 1, 1)
}

/// Silence while the greeting lasts, then a sentence, then silence.
fn words(sentence: &str) -> Vec<i16> {
    let mut words = vec![0; 8000 * 14];
    words.extend(spoken(sentence));
    words.resize(8000 * 120, 0);
    words
}

fn softphone(place: &Place, ca: &std::path::Path, modules: &str, account: &str) -> Softphone {
    let setup = Setup {
        words: words("예약하고 싶어요"),
        config: format!("sip_cafile {}\nsip_verify_server yes\n{modules}", ca.display()),
        account: format!(";transport=tls{account}"),
    };
    Softphone::start_with(&place.path().join("baresip"), &setup)
}

fn secure(server: &Server) -> String {
    format!("sip:haengbok@{};transport=tls", server.tls)
}

/// A call in which the caller is understood and hears; hung up by the caller.
async fn conversation(place: &Place, server: &Server, phone: &mut Softphone) {
    let store = place.store().await;
    phone.dial(&secure(server));
    let (_, turns) = place
        .turns(&store, "what the caller said", |_, turns| {
            turns.iter().any(|t| t.heard.contains("예약"))
        })
        .await;
    assert!(turns[0].said.contains("행복식당"), "{turns:?}");
    assert!(phone.after_packets(50) > 50, "no sound comes");
    // Hold and resume bring descriptions, and keys, anew.
    phone.command("hold", "");
    phone.event("CALL_REMOTE_SDP");
    phone.command("resume", "");
    let (_, held) = phone.packets();
    assert!(phone.after_packets(100) > held + 50, "no sound after hold");
    for key in "01012345678#".chars() {
        phone.command("sndcode", &key.to_string());
        phone.after_packets(12);
    }
    place
        .turns(&store, "the typed number", |_, turns| {
            turns.iter().any(|t| t.heard == "01012345678")
        })
        .await;
    phone.command("hangup", "");
    let (call, _) = place
        .turns(&store, "the end of the call", |call, _| call.ended.is_some())
        .await;
    assert_eq!(call.end, Some(CallEnd::Caller));
    let wav = place.recording(&call);
    assert!(speaks(&wav.channel(0), wav.rate) && speaks(&wav.channel(1), wav.rate));
    store.close().await;
}

#[tokio::test]
async fn a_softphone_that_insists_on_encryption_is_understood() {
    let place = Place::new();
    let ca = with_tls(&place, "srtp = \"required\"", long_good());
    let server = place.serve();
    let mut phone = softphone(&place, &ca, "module srtp.so", ";mediaenc=srtp-mand");
    conversation(&place, &server, &mut phone).await;
    phone.quit();
    server.stop();
}

#[tokio::test]
async fn a_softphone_with_ice_finds_its_way() {
    let place = Place::new();
    let ca = with_tls(&place, "", long_good());
    let server = place.serve();
    let modules = "module srtp.so\nmodule stun.so\nmodule ice.so\n";
    let mut phone = softphone(&place, &ca, modules, ";mediaenc=srtp;medianat=ice");
    conversation(&place, &server, &mut phone).await;
    phone.quit();
    server.stop();
}

#[tokio::test]
async fn what_is_not_encrypted_is_refused_where_it_must_be() {
    let place = Place::new();
    let ca = with_tls(&place, "srtp = \"required\"", long_good());
    let server = place.serve();
    let mut phone = softphone(&place, &ca, "", "");
    phone.command("dial", &secure(&server));
    let closed = phone.event("CALL_CLOSED");
    assert!(closed["param"].as_str().unwrap().contains("488"), "{closed}");
    server.told("488");
    // By UDP no key would be told at all.
    phone.command("dial", &server.address("haengbok"));
    let closed = phone.event("CALL_CLOSED");
    assert!(closed["param"].as_str().unwrap().contains("488"), "{closed}");
    server.told("srtp_without_tls");
    let store = place.store().await;
    assert!(latest(&store).await.is_none(), "a call was taken");
    phone.quit();
    server.stop();
}

#[tokio::test]
async fn where_telephones_must_be_vouched_for_others_are_not_heard() {
    let place = Place::new();
    let ca = with_tls(&place, "", long_good());
    place.change("name = \"localhost\"", "client_ca = \"ca.crt\"");
    let server = place.serve();
    let store = place.store().await;
    let mut phone = softphone(&place, &ca, "module srtp.so", ";mediaenc=srtp-mand");
    phone.command("dial", &secure(&server));
    phone.event("CALL_CLOSED");
    assert!(latest(&store).await.is_none(), "a call was taken");
    phone.quit();
    // The same with a certificate of the same issuer: the shop's own will do.
    let pem = |name: &str| std::fs::read_to_string(place.path().join(name)).unwrap();
    std::fs::write(place.path().join("phone.pem"), pem("shop.crt") + &pem("shop.key")).unwrap();
    std::fs::remove_dir_all(place.path().join("baresip")).unwrap();
    let shown = format!(
        "module srtp.so\nsip_certificate {}",
        place.path().join("phone.pem").display()
    );
    let mut phone = softphone(&place, &ca, &shown, ";mediaenc=srtp-mand");
    phone.dial(&secure(&server));
    phone.command("hangup", "");
    phone.quit();
    store.close().await;
    server.stop();
}

#[test]
fn check_looks_at_certificates() {
    let checked = |place: &Place| {
        let output = biseo(&["check"], place.path()).output().unwrap();
        (output.status.success(), text(&output))
    };
    let place = Place::new();
    with_tls(&place, "", long_good());
    let (good, said) = checked(&place);
    assert!(good && said.contains("2061-01-01까지 유효"), "{said}");
    place.change("name = \"localhost\"", "name = \"sip.example.com\"");
    let (good, said) = checked(&place);
    assert!(
        !good && said.contains("sip.example.com 이름으로 발급되지 않았습니다"),
        "{said}"
    );
    std::fs::copy(place.path().join("ca.crt"), place.path().join("shop.crt")).unwrap();
    let (good, said) = checked(&place);
    assert!(
        !good && said.contains("is not the one of the certificate"),
        "{said}"
    );
    std::fs::remove_file(place.path().join("shop.crt")).unwrap();
    let (good, said) = checked(&place);
    assert!(!good && said.contains("shop.crt"), "{said}");
    assert_eq!(place.refused(&[]).0, Some(1));

    let place = Place::new();
    with_tls(&place, "", (2020, 2, 3));
    let (good, said) = checked(&place);
    assert!(!good && said.contains("2020-02-03에 끝났습니다"), "{said}");

    let place = Place::new();
    place.change("\"tcp:127.0.0.1:0\"", "\"tls:127.0.0.1:0\"");
    let (good, said) = checked(&place);
    assert!(!good && said.contains("sip.tls"), "{said}");
}
