//! Calls that a platform (Twilio, Telnyx, jambonz, Plivo, …) brings by WebSocket. They run through the same conversation as
//! calls by SIP: the media engine has a wire in place of sockets, the conversation a link in place of a leg.

mod bridge;
mod link;
mod marks;

use std::net::Ipv4Addr;
use std::sync::Arc;

use biseo_media::codec::AudioCodec;
use biseo_media_io::{Law, SessionConfig};
use biseo_media_stream::server::{Arrived, Connection};
use biseo_media_stream::{Dialect, Start};
use tokio::sync::watch;

use crate::call::{self, Parties};
use crate::house::House;
use bridge::Bridge;
pub(crate) use link::Link;

/// Answers a call that has come, and carries it until its end. When `stopping` closes, the call is ended.
pub(crate) async fn answer(house: Arc<House>, arrived: Arrived, stopping: watch::Receiver<()>) {
    let Arrived { start, connection } = arrived;
    if let Err(connection) = converse(house, &start, connection, stopping).await {
        connection.close().await;
    }
}

/// Gives the connection back if the call is not taken.
async fn converse(
    house: Arc<House>,
    start: &Start,
    connection: Connection,
    stopping: watch::Receiver<()>,
) -> Result<(), Connection> {
    let dialled = start.dialled.as_deref().unwrap_or_default();
    let Some(shop) = house.directory.reached_by(dialled) else {
        tracing::warn!("a media stream for a number that is no shop's was refused");
        return Err(connection);
    };
    if house.media.sessions() >= house.config.call.at_once {
        tracing::warn!("a media stream was refused: call.at_once is reached");
        return Err(connection);
    }
    let law = match start.codec {
        AudioCodec::Pcma => Law::A,
        _ => Law::Mu,
    };
    let opened = house
        .media
        .open_wired(SessionConfig::on(Ipv4Addr::UNSPECIFIED.into()), law);
    let (session, wire) = match opened {
        Ok(both) => both,
        Err(e) => {
            tracing::error!("a media stream was refused: {e}");
            return Err(connection);
        }
    };
    // jambonz fills its own buffer before it plays; a lead would only be a delay there.
    let lead = match start.dialect {
        Dialect::Jambonz => 0,
        _ => house.config.stream.lead_ms,
    };
    let (link, far_end) = Link::new();
    let bridge = Bridge::new(connection, wire, far_end, stopping);
    let parties = Parties {
        caller: start.caller.as_deref(),
        dialled,
        forwarded: None,
    };
    let talk = call::answer_stream(house, shop, &parties, session, link);
    tokio::join!(bridge.carry(law, lead), talk);
    Ok(())
}
