//! What the answering process has counted, asked for as Prometheus does.

use std::collections::BTreeMap;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A page of figures is shorter.
const MOST: u64 = 1 << 20;

/// The figures of the SIP side that are not zero, by name and labels.
///
/// # Errors
/// In words, when they cannot be had.
pub(super) async fn of(url: &str) -> Result<BTreeMap<String, u64>, String> {
    let rest = url.strip_prefix("http://").ok_or("no address of figures")?;
    let (host, path) = rest.split_once('/').ok_or("no page of figures")?;
    let page = ask(host, path).await.map_err(|e| format!("{url}: {e}"))?;
    Ok(page.lines().filter_map(figure).collect())
}

async fn ask(host: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(host).await?;
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut page = String::new();
    stream.take(MOST).read_to_string(&mut page).await?;
    Ok(page)
}

fn figure(line: &str) -> Option<(String, u64)> {
    let (name, value) = line.strip_prefix("biseo_sip_")?.rsplit_once(' ')?;
    let value: u64 = value.parse().ok()?;
    (value > 0).then(|| (name.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read() {
        assert_eq!(
            figure("biseo_sip_dropped_total{why=\"junk\"} 17"),
            Some(("dropped_total{why=\"junk\"}".to_owned(), 17))
        );
        for line in [
            "# HELP biseo_sip_banned x",
            "biseo_sip_banned 0",
            "biseo_calls_total 3",
        ] {
            assert_eq!(figure(line), None, "{line}");
        }
    }
}
