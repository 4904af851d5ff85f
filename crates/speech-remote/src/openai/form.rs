//! `multipart/form-data` (RFC 7578).

/// A form that is being written.
pub(super) struct Form {
    boundary: String,
    body: Vec<u8>,
}

impl Form {
    /// With a boundary that none of the parts holds.
    pub(super) fn new(parts: &[&[u8]]) -> Self {
        let holds = |boundary: &str| {
            let found = |part: &[u8]| part.windows(boundary.len()).any(|w| w == boundary.as_bytes());
            parts.iter().any(|part| found(part))
        };
        let mut number = 0u32;
        let mut boundary = String::from("biseo-form-0");
        while holds(&boundary) {
            number += 1;
            boundary = format!("biseo-form-{number}");
        }
        Self {
            boundary,
            body: Vec::new(),
        }
    }

    fn part(&mut self, head: &str, content: &[u8]) {
        self.body
            .extend_from_slice(format!("--{}\r\n{head}\r\n\r\n", self.boundary).as_bytes());
        self.body.extend_from_slice(content);
        self.body.extend_from_slice(b"\r\n");
    }

    /// A field; the names are the program's own.
    pub(super) fn field(&mut self, name: &str, value: &str) {
        let head = format!("Content-Disposition: form-data; name=\"{name}\"");
        self.part(&head, value.as_bytes());
    }

    /// A WAV file.
    pub(super) fn wav(&mut self, name: &str, content: &[u8]) {
        let head = format!(
            "Content-Disposition: form-data; name=\"{name}\"; filename=\"utterance.wav\"\r\nContent-Type: audio/wav"
        );
        self.part(&head, content);
    }

    /// The content type and the body.
    pub(super) fn finish(mut self) -> (String, Vec<u8>) {
        self.body
            .extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        (
            format!("multipart/form-data; boundary={}", self.boundary),
            self.body,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_in_no_part() {
        let hostile = b"x\r\n--biseo-form-0\r\nbiseo-form-1";
        let mut form = Form::new(&[hostile]);
        form.field("prompt", "알밥");
        form.wav("file", hostile);
        let (kind, body) = form.finish();
        assert_eq!(kind, "multipart/form-data; boundary=biseo-form-2");
        assert!(body.ends_with(b"\r\n--biseo-form-2--\r\n"));
    }
}
