//! Evidence of a span, from the records.

use std::process::ExitCode;

use biseo_api::outage::report;
use biseo_api::views::{IncidentView, LineEvidence};
use biseo_line::Wording as Words;
use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;
use biseo_store::{Incident, Span};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{language, unusable};
use crate::cli::{LineExportOptions, LineFormat};
use crate::config::Config;
use crate::directory::Directory;
use crate::out::line;
use crate::wording::{Lang, Wording};

/// Days before the last, if none is given.
const DAYS: i64 = 31;

/// `biseo line export`.
pub(super) async fn run(options: &LineExportOptions) -> ExitCode {
    let config = Config::read(&options.config);
    let lang = options
        .lang
        .or(config.as_ref().ok().map(|c| c.lang))
        .unwrap_or(Lang::Ko);
    let made = match config {
        Ok(config) => make(options, &config, lang).await,
        Err(e) => Err(e.to_string()),
    };
    match made {
        Ok(text) => {
            line!("{text}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("✗ {}", Wording::of("line", lang).say("no_export", "", &why));
            unusable()
        }
    }
}

async fn make(options: &LineExportOptions, config: &Config, lang: Lang) -> Result<String, String> {
    let id = ShopId::new(options.shop.clone()).map_err(|e| e.to_string())?;
    let shops = Directory::read_any(&config.shops, None).map_err(|e| e.to_string())?;
    let shop = shops.find(&id).ok_or_else(|| format!("{id}: ?"))?;
    let zone = TimeZone::get(&shop.zone).map_err(|e| e.to_string())?;
    let span = span(options, &zone).map_err(|e| e.to_string())?;
    let database = config
        .database()
        .map_err(|(field, why)| format!("{field}: {why}"))?;
    let store = database.open().await.map_err(|e| e.to_string())?;
    let incidents = store
        .incidents_in_span(&id, span)
        .await
        .map_err(|e| e.to_string());
    store.close().await;
    let of = (&*shop, &zone, lang);
    written(options.format, of, incidents?, span)
}

fn written(
    format: LineFormat,
    (shop, zone, lang): (&ShopProfile, &TimeZone, Lang),
    incidents: Vec<Incident>,
    span: Span,
) -> Result<String, String> {
    let made = Timestamp::now();
    let name = match lang {
        Lang::En => shop.name.en.as_ref().unwrap_or(&shop.name.ko),
        Lang::Ko => &shop.name.ko,
    };
    match format {
        LineFormat::Html => {
            let words = Words::of(language(lang));
            Ok(report(&words, (name, zone), &incidents, (span, made)))
        }
        LineFormat::Json => {
            let evidence = LineEvidence {
                shop: shop.id.to_string(),
                from: span.from,
                to: span.until,
                made,
                incidents: incidents.into_iter().map(IncidentView::from).collect(),
            };
            serde_json::to_string_pretty(&evidence).map_err(|e| e.to_string())
        }
    }
}

/// Whole days on the shop's clock.
fn span(options: &LineExportOptions, zone: &TimeZone) -> Result<Span, jiff::Error> {
    let midnight = |date: Date| zone.to_timestamp(date.at(0, 0, 0, 0));
    let last = options
        .to
        .unwrap_or_else(|| zone.to_datetime(Timestamp::now()).date());
    let first = match options.from {
        Some(from) => from,
        None => last.checked_sub(DAYS.days())?,
    };
    Ok(Span {
        from: midnight(first)?,
        until: midnight(last.tomorrow()?)?,
    })
}
