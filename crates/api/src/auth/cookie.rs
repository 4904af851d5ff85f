//! The session's cookie, and that of whoever is signing in by a passkey.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::settings::Settings;

/// Names, for HTTPS and for one's own machine. `__Host-` binds a cookie to HTTPS, this host and all paths (RFC 6265bis §4.1.3.2).
type Names = [&'static str; 2];
const SESSION: Names = ["__Host-biseo", "biseo"];
const CEREMONY: Names = ["__Host-biseo-key", "biseo-key"];
/// Seconds for which a browser is known as the one that began to sign in by a passkey.
const HELD: u64 = 3600;

fn name(names: Names, settings: &Settings) -> &'static str {
    names[usize::from(!settings.secure)]
}

/// The session's token that a request carries.
pub(crate) fn given(headers: &HeaderMap, settings: &Settings) -> Option<String> {
    token(headers, name(SESSION, settings))
}

/// The token of whoever is signing in by a passkey.
pub(crate) fn held(headers: &HeaderMap, settings: &Settings) -> Option<String> {
    token(headers, name(CEREMONY, settings))
}

/// A token that a request carries. Two of them are none: one of both is somebody else's.
fn token(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let pairs = cookies.filter_map(|c| c.to_str().ok()).flat_map(|c| c.split(';'));
    let ours = |pair: &str| -> Option<String> {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.trim().to_string())
    };
    let mut tokens = pairs.filter_map(ours);
    let token = tokens.next().filter(|t| t.len() == 43)?;
    tokens.next().is_none().then_some(token)
}

/// Sets the cookie; it is as old as the session may get.
pub(crate) fn kept(token: &str, settings: &Settings) -> HeaderValue {
    value(SESSION, token, settings.session.as_secs(), settings)
}

/// Sets the cookie of whoever begins to sign in by a passkey.
pub(crate) fn holding(token: &str, settings: &Settings) -> HeaderValue {
    value(CEREMONY, token, HELD, settings)
}

/// Takes the cookie away.
pub(crate) fn gone(settings: &Settings) -> HeaderValue {
    value(SESSION, "", 0, settings)
}

fn value(names: Names, token: &str, seconds: u64, settings: &Settings) -> HeaderValue {
    let secure = if settings.secure { "; Secure" } else { "" };
    let name = name(names, settings);
    let text = format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    let mut value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cookie_of_ours() {
        let settings = Settings::new("data".into());
        let token = "t".repeat(43);
        for (cookies, found) in [
            (vec![format!("__Host-biseo={token}")], true),
            (vec![format!("a=b; __Host-biseo={token}; c=d")], true),
            (vec![format!("biseo={token}")], false),
            (vec![format!("__Host-biseo={token}; __Host-biseo={token}")], false),
            (vec!["__Host-biseo=short".into()], false),
            (vec!["=; ;;".into()], false),
        ] {
            let mut headers = HeaderMap::new();
            for cookie in &cookies {
                headers.append(header::COOKIE, cookie.parse().unwrap());
            }
            assert_eq!(given(&headers, &settings).is_some(), found, "{cookies:?}");
        }
    }

    #[test]
    fn it_is_for_https_and_no_script() {
        let settings = Settings::new("data".into());
        let cookie = kept("t", &settings);
        assert_eq!(
            cookie.to_str().unwrap(),
            "__Host-biseo=t; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000; Secure"
        );
    }
}
