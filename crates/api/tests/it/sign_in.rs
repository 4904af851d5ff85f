//! Sign-in, second factors, lock-out, sessions, requests of other sites.

use crate::both;
use crate::common::{PASSWORD, Site, cookie, request, shop};
use biseo_api::auth::{self, totp_at};
use serde_json::json;

async fn a_link_is_good_once_and_a_session_ends(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    assert!(owner.starts_with("__Host-biseo="));
    let me = site.get(&owner, "/session").await;
    assert_eq!((me.status.as_u16(), &me.body["login"]), (200, &json!("sajang")));
    let haengbok = shop("haengbok");
    let token = auth::first_owner_link(&site.store, Some(&haengbok), "b", site.now());
    let token = token.await.unwrap();
    let take = |login| json!({"token": token, "login": login, "name": "b", "password": PASSWORD});
    let taken = site.ask("POST", "", "/invitations/accept", take("b")).await;
    assert_eq!(taken.status.as_u16(), 200, "{taken:?}");
    let again = site.ask("POST", "", "/invitations/accept", take("c")).await;
    assert_eq!(again.code(), "link_gone");
    let second = site.sign_in("SAJANG", PASSWORD, None).await;
    assert_eq!(second.status.as_u16(), 200, "{second:?}");
    site.ask("DELETE", &owner, "/session", json!(null)).await;
    assert_eq!(site.get(&owner, "/session").await.code(), "unauthenticated");
    let second = cookie(&second);
    assert_eq!(site.get(&second, "/session").await.status.as_u16(), 200);
    site.later(8 * 24 * 3600);
    assert_eq!(
        site.get(&second, "/session").await.status.as_u16(),
        401,
        "not used for a week"
    );
}

async fn wrong_passwords_are_looked_at_later_and_later(site: Site) {
    site.join("sajang", "haengbok").await;
    for _ in 0..5 {
        assert_eq!(
            site.sign_in("sajang", "wrong", None).await.code(),
            "bad_credentials"
        );
        assert_eq!(
            site.sign_in("nobody", "wrong", None).await.code(),
            "bad_credentials"
        );
    }
    let locked = site.sign_in("sajang", PASSWORD, None).await;
    assert_eq!((locked.status.as_u16(), locked.code()), (429, "locked"));
    assert_eq!(
        site.sign_in("nobody", "wrong", None).await.code(),
        "locked",
        "nothing told"
    );
    let wait: i64 = locked.header("retry-after").parse().unwrap();
    site.later(wait);
    assert_eq!(site.sign_in("sajang", PASSWORD, None).await.status.as_u16(), 200);
    assert_eq!(
        site.sign_in("sajang", "wrong", None).await.code(),
        "bad_credentials",
        "counted anew"
    );
}

async fn a_second_factor_is_asked_for_and_used_once(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    assert_eq!(
        site.ask("POST", &owner, "/session/totp", json!({"password": "wrong"}))
            .await
            .code(),
        "bad_credentials"
    );
    let begun = site
        .ask("POST", &owner, "/session/totp", json!({"password": PASSWORD}))
        .await
        .body;
    let secret = begun["secret"].as_str().unwrap().to_string();
    let code = |site: &Site| totp_at(&secret, site.now().as_second()).unwrap();
    let confirmed = site
        .ask(
            "POST",
            &owner,
            "/session/totp/confirm",
            json!({"code": code(&site)}),
        )
        .await;
    assert_eq!(confirmed.status.as_u16(), 200, "{confirmed:?}");
    assert_eq!(
        site.sign_in("sajang", PASSWORD, None).await.code(),
        "totp_required"
    );
    assert_eq!(
        site.sign_in("sajang", PASSWORD, Some(&code(&site))).await.code(),
        "bad_credentials",
        "used"
    );
    site.later(60);
    assert_eq!(
        site.sign_in("sajang", PASSWORD, Some(&code(&site)))
            .await
            .status
            .as_u16(),
        200
    );
    let spare = confirmed.body["codes"][0].as_str().unwrap();
    assert_eq!(
        site.sign_in("sajang", PASSWORD, Some(spare)).await.body["recovery_codes"],
        9
    );
    assert_eq!(
        site.sign_in("sajang", PASSWORD, Some(spare)).await.code(),
        "bad_credentials"
    );
}

async fn other_sites_change_nothing(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    for headers in [
        &[("origin", "https://evil.example"), ("host", "biseo.example")][..],
        &[("sec-fetch-site", "cross-site")],
    ] {
        let asked = request("DELETE", &owner, "/session", headers, None);
        assert_eq!(site.send(asked).await.code(), "cross_site");
    }
    let mut bare = request("DELETE", &owner, "/session", &[], None);
    bare.headers_mut().remove("x-biseo");
    assert_eq!(site.send(bare).await.code(), "cross_site");
    assert_eq!(site.get(&owner, "/session").await.status.as_u16(), 200);
}

async fn roles_bound_what_one_may_do(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let made = site
        .ask(
            "POST",
            &owner,
            "/shops/haengbok/invitations",
            json!({"role": "agent", "name": "박상담"}),
        )
        .await;
    let join = json!({"token": made.body["token"], "login": "agent", "name": "박상담", "password": PASSWORD});
    let agent = cookie(&site.ask("POST", "", "/invitations/accept", join).await);
    assert_eq!(
        site.get(&agent, "/shops/haengbok/calls").await.status.as_u16(),
        200
    );
    assert_eq!(
        site.get(&agent, "/shops/haengbok/audit").await.code(),
        "forbidden"
    );
    let me = site.get(&owner, "/session").await.body["user"]
        .as_str()
        .unwrap()
        .to_string();
    let last = site
        .ask(
            "PATCH",
            &owner,
            &format!("/shops/haengbok/users/{me}"),
            json!({"role": "staff"}),
        )
        .await;
    assert_eq!(last.code(), "last_owner");
    let log = site.get(&owner, "/shops/haengbok/audit").await.body;
    assert_eq!(log["items"][0]["action"], "user.invited");
    let operator = json!({"role": "operator", "name": "x"});
    assert_eq!(
        site.ask("POST", &owner, "/shops/haengbok/invitations", operator)
            .await
            .code(),
        "forbidden"
    );
}

both!(
    a_link_is_good_once_and_a_session_ends,
    wrong_passwords_are_looked_at_later_and_later,
    a_second_factor_is_asked_for_and_used_once,
    other_sites_change_nothing,
    roles_bound_what_one_may_do,
);
