//! Values of labels in figures for Prometheus.

/// A value that the library is to write: it puts it between quotation marks as it is (prometheus-client 0.24), so what would end it is escaped here
/// (OpenMetrics 1.0, "escaped-string").
pub(crate) fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_value_is_escaped() {
        assert_eq!(escaped("a\"b\\c\nd 회선"), "a\\\"b\\\\c\\nd 회선");
    }
}
