//! Calls that a platform (Twilio, Telnyx, jambonz, Plivo, …) brings by WebSocket. They run through the same conversation as
//! calls by SIP: the media engine has a wire in place of sockets, the conversation a link in place of a leg.

mod bridge;
mod link;
mod marks;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use biseo_media::codec::AudioCodec;
use biseo_media_io::{Law, MediaSession, SessionConfig, Wire};
use biseo_media_stream::server::{Arrived, Connection, Goodbye};
use biseo_media_stream::{Dialect, Start};
use biseo_model::shop::ShopProfile;
use tokio::sync::watch;

use crate::call::{self, Parties};
use crate::house::House;
use bridge::Bridge;
pub(crate) use link::{LetGo, Link, Told};

/// Answers a call that has come, and carries it until its end. When `stopping` closes, the call is ended.
pub(crate) async fn answer(house: Arc<House>, arrived: Arrived, stopping: watch::Receiver<()>) {
    let Arrived { start, connection } = arrived;
    let admitted = admit(&house, &start);
    if let Ok(Admitted { shop, .. }) = &admitted
        && call::blocked(&house, shop, start.caller.as_deref()).await
    {
        call::keep_blocked(&house, shop, &parties(&house, &start)).await;
        return connection.close(Goodbye::Over).await;
    }
    if let Ok(Admitted { shop, .. }) = &admitted
        && !call::takes(&house, shop)
    {
        // The platform goes on with what it has for a stream that is over.
        tracing::info!(
            "shop {}: a media stream was not taken, as the shop wishes",
            shop.id
        );
        return connection.close(Goodbye::Over).await;
    }
    match admitted {
        Ok(admitted) => converse(house, &start, connection, admitted, stopping).await,
        Err(goodbye) => connection.close(goodbye).await,
    }
}

/// What a call needs.
struct Admitted {
    shop: Arc<ShopProfile>,
    session: MediaSession,
    wire: Wire,
}

fn admit(house: &House, start: &Start) -> Result<Admitted, Goodbye> {
    let dialled = start.dialled.as_deref().unwrap_or_default();
    let Some(shop) = house.directory.reached_by(dialled) else {
        tracing::warn!("a media stream for a number that is no shop's was refused");
        return Err(Goodbye::NoSuchNumber);
    };
    if house.media.sessions() >= house.config.call.at_once {
        tracing::warn!("a media stream was refused: call.at_once is reached");
        return Err(Goodbye::NoRoom);
    }
    let law = match start.codec {
        AudioCodec::Pcma => Law::A,
        _ => Law::Mu,
    };
    // jambonz fills its own buffer before it plays, and needs nothing beforehand.
    let lead_ms = match start.dialect {
        Dialect::Jambonz => 0,
        _ => house.config.stream.lead_ms,
    };
    let nowhere = SessionConfig {
        lead: Duration::from_millis(lead_ms.into()),
        ..house.engines.session(Ipv4Addr::UNSPECIFIED.into())
    };
    match house.media.open_wired(nowhere, law) {
        Ok((session, wire)) => Ok(Admitted { shop, session, wire }),
        Err(e) => {
            tracing::error!("a media stream was refused: {e}");
            Err(Goodbye::NoRoom)
        }
    }
}

async fn converse(
    house: Arc<House>,
    start: &Start,
    connection: Connection,
    admitted: Admitted,
    stopping: watch::Receiver<()>,
) {
    let Admitted { shop, session, wire } = admitted;
    let (link, told, let_go) = Link::new();
    let bridge = Bridge::new(connection, wire, told);
    let parties = parties(&house, start);
    let talk = call::answer_stream(house, shop, &parties, session, link);
    tokio::join!(bridge.carry(let_go, stopping), talk);
}

fn parties<'a>(house: &House, start: &'a Start) -> Parties<'a> {
    Parties {
        came: house.clock.now(),
        caller: start.caller.as_deref(),
        dialled: start.dialled.as_deref().unwrap_or_default(),
        forwarded: None,
    }
}
