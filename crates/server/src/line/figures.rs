//! What was seen beside probes, for Prometheus: resolvers, interfaces, this machine.

use std::fmt::Error;

use biseo_line::evidence::Host;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

use super::metrics::{Labels, Named, described, flag, one};
use super::seen::{Beside, Interface, Resolver};

const SECONDS: Option<&Unit> = Some(&Unit::Seconds);
const RATIO: Option<&Unit> = Some(&Unit::Ratios);

/// All of it.
pub(super) fn beside(to: &mut DescriptorEncoder<'_>, seen: &Beside) -> Result<(), Error> {
    resolvers(to, &seen.resolvers)?;
    interfaces(to, &seen.interfaces)?;
    seen.host.as_ref().map_or(Ok(()), |host| machine(to, host))
}

/// A figure of each, where there is one.
fn each<T, M: EncodeMetric>(
    to: &mut DescriptorEncoder<'_>,
    (named, kind): (Named<'_>, MetricType),
    (label, all): (&str, &[T]),
    value: impl Fn(&T) -> (&str, Option<M>),
) -> Result<(), Error> {
    let mut metric = described(to, named, kind)?;
    for one in all {
        let (name, value) = value(one);
        if let Some(value) = value {
            value.encode(metric.encode_family(&Labels(&[(label, name)]))?)?;
        }
    }
    Ok(())
}

fn resolvers(to: &mut DescriptorEncoder<'_>, all: &[Resolver]) -> Result<(), Error> {
    let count = |name, what| ((name, what, None), MetricType::Counter);
    let of = ("resolver", all);
    each(
        to,
        count(
            "line_dns_questions",
            "Questions to a resolver whose fate is known",
        ),
        of,
        |r| (&r.name, Some(ConstCounter::new(r.asked))),
    )?;
    each(
        to,
        count("line_dns_answers", "How many of them were answered"),
        of,
        |r| (&r.name, Some(ConstCounter::new(r.answered))),
    )?;
    each(
        to,
        count("line_dns_failures", "How many were answered by a failure"),
        of,
        |r| (&r.name, Some(ConstCounter::new(r.failed))),
    )?;
    let time = (
        ("line_dns_round_trip", "How long the last answer took", SECONDS),
        MetricType::Gauge,
    );
    each(to, time, of, |r| {
        (&r.name, r.rtt_us.map(|us| ConstGauge::new(f64::from(us) / 1e6)))
    })
}

fn interfaces(to: &mut DescriptorEncoder<'_>, all: &[Interface]) -> Result<(), Error> {
    let gauge = |name, what| ((name, what, None), MetricType::Gauge);
    let count = |name, what| ((name, what, None), MetricType::Counter);
    let of = ("uplink", all);
    each(
        to,
        gauge("line_up", "Whether the interface is up and has a carrier"),
        of,
        |i| (&i.uplink, Some(flag(i.up))),
    )?;
    each(
        to,
        count("line_errors", "Errors of the interface, both ways"),
        of,
        |i| (&i.uplink, Some(ConstCounter::new(i.errors))),
    )?;
    each(
        to,
        count("line_drops", "Packets dropped at the interface, both ways"),
        of,
        |i| (&i.uplink, Some(ConstCounter::new(i.drops))),
    )?;
    each(
        to,
        gauge("line_packets_in", "Packets a second that come in"),
        of,
        |i| (&i.uplink, Some(ConstGauge::new(i.rx_pps))),
    )?;
    each(
        to,
        gauge("line_packets_out", "Packets a second that go out"),
        of,
        |i| (&i.uplink, Some(ConstGauge::new(i.tx_pps))),
    )?;
    each(
        to,
        gauge(
            "line_packets_unasked",
            "Packets a second that nobody had asked for",
        ),
        of,
        |i| (&i.uplink, i.unasked_pps.map(ConstGauge::new)),
    )
}

fn machine(to: &mut DescriptorEncoder<'_>, host: &Host) -> Result<(), Error> {
    let parts = [
        (
            "line_host_run_delay",
            "Part of the time that the prober waited for a processor",
            Some(host.run_delay),
        ),
        (
            "line_host_pressure",
            "Part of the time that anybody waited for one",
            host.pressure,
        ),
        (
            "line_host_throttled",
            "Part of the time that a quota held this program back",
            host.throttled,
        ),
    ];
    for (name, what, part) in parts {
        if let Some(part) = part {
            one(to, (name, what, RATIO), [], &ConstGauge::new(part))?;
        }
    }
    let late = ConstGauge::new(f64::from(host.late_us) / 1e6);
    one(
        to,
        (
            "line_host_timer_late",
            "How late the prober's timer was at worst",
            SECONDS,
        ),
        [],
        &late,
    )
}

#[cfg(test)]
mod tests {
    use biseo_line::Tempo;
    use jiff::Timestamp;
    use prometheus_client::encoding::text::encode;
    use prometheus_client::registry::Registry;

    use super::super::metrics::Figures;
    use super::super::seen::tests::window;
    use super::super::status::Status;

    #[test]
    fn every_figure_has_its_kind_and_its_unit() {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let mut status = Status::new(now, true);
        status.take(&window(500, Some(8_000), Some(4.5)), &[], Tempo::Calm, now);
        let figures = Figures::default();
        figures.show(Some(&status));
        let mut registry = Registry::with_prefix("biseo");
        registry.register_collector(Box::new(figures));
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        for line in [
            "# TYPE biseo_line_dns_questions counter",
            "biseo_line_dns_questions_total{resolver=\"192.0.2.53\"} 3",
            "biseo_line_dns_answers_total{resolver=\"192.0.2.53\"} 2",
            "biseo_line_dns_failures_total{resolver=\"192.0.2.53\"} 1",
            "biseo_line_dns_round_trip_seconds{resolver=\"192.0.2.53\"} 0.008",
            "biseo_line_up{uplink=\"eth0\"} 1",
            "biseo_line_errors_total{uplink=\"eth0\"} 2",
            "biseo_line_drops_total{uplink=\"eth0\"} 1",
            "biseo_line_packets_in{uplink=\"eth0\"} 120.0",
            "biseo_line_packets_out{uplink=\"eth0\"} 90.0",
            "biseo_line_packets_unasked{uplink=\"eth0\"} 4.5",
            "biseo_line_host_run_delay_ratios 0.25",
            "biseo_line_host_timer_late_seconds 0.0015",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        assert!(!text.contains("pressure"), "what is not known is not told");
    }
}
