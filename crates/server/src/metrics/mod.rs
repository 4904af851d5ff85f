//! Figures for Prometheus: what calls and replies were like, as they happen. Nothing in them is of a caller or of what was said.

mod counted;
mod page;
mod sip;
mod trunks;

use std::sync::Arc;

use biseo_telephony::SipStack;
use tokio::net::TcpListener;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use crate::house::{Closed, House};
use counted::Counted;

/// Where figures are asked for; nobody is answered yet.
pub(crate) struct Meter(Option<TcpListener>);

impl Meter {
    /// Listens, if it is wished.
    ///
    /// # Errors
    /// [`Closed`], with what to tell the operator.
    pub(crate) async fn open(house: &House) -> Result<Self, Closed> {
        let Some(address) = house.config.metrics.listen else {
            return Ok(Self(None));
        };
        match TcpListener::bind(address).await {
            Ok(listener) => Ok(Self(Some(listener))),
            Err(e) => Err(Closed::because("metrics_bad")(format!("{address}: {e}"))),
        }
    }

    /// Where it is reached, if it is.
    pub(crate) fn url(&self) -> Option<String> {
        let address = self.0.as_ref()?.local_addr().ok()?;
        Some(format!("http://{address}{}", page::PATH))
    }

    /// Counts and answers until `stopping`.
    pub(crate) async fn run(self, house: Arc<House>, sip: SipStack, stopping: watch::Receiver<()>) {
        let Self(Some(listener)) = self else { return };
        let counted = Arc::new(Counted::new(house.line.figures.clone()));
        let (heard, mut first, mut second) = (counted.clone(), stopping.clone(), stopping);
        let events = house.live.listen();
        let counting = async move {
            tokio::select! {
                () = count(&heard, events) => {}
                _ = first.changed() => {}
            }
        };
        let stopped = async move {
            let _ = second.changed().await;
        };
        let answering = biseo_api::serve(listener, page::router(house, sip, counted), stopped);
        tokio::join!(counting, answering);
    }
}

async fn count(counted: &Counted, mut events: tokio::sync::broadcast::Receiver<crate::live::LiveEvent>) {
    loop {
        match events.recv().await {
            Ok(event) => counted.take(&event),
            Err(RecvError::Lagged(missed)) => counted.missed(missed),
            Err(RecvError::Closed) => return,
        }
    }
}
