//! Errors as problem details (RFC 9457): a code that programs read, never prose.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use biseo_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::{BookingConflict, ConflictReason, FreeTime};

/// What went wrong. Each code has one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// 400: the request cannot be read; `fields` may name what.
    Malformed,
    /// 400: the cursor is none of this list's.
    BadCursor,
    /// 401: nobody is signed in.
    Unauthenticated,
    /// 401: no such login with that password, or a wrong second factor. Which of them is not told.
    BadCredentials,
    /// 401: the password is right, and the second factor is wanted.
    TotpRequired,
    /// 401: the password is right, but without a second factor of its own this account is entered by its passkeys.
    PasskeyRequired,
    /// 403: the passkey's answer does not prove what it has to (signature, origin, domain, user verification, counter). Which of them
    /// is not told.
    PasskeyRefused,
    /// 403: the account has no password to give once more, and the session is older than ten minutes: sign in again.
    ReauthRequired,
    /// 403: the role does not allow it.
    Forbidden,
    /// 403: the request does not come from the console's own page.
    CrossSite,
    /// 403: a second factor has to be enrolled first.
    EnrolmentRequired,
    /// 404: there is no such thing here.
    NotFound,
    /// 405: not by this method.
    MethodNotAllowed,
    /// 408: the request's body did not come in time.
    Timeout,
    /// 409: it contradicts what is there.
    Conflict,
    /// 409: the login name is taken.
    LoginTaken,
    /// 409: a shop keeps one owner at least.
    LastOwner,
    /// 409: nobody could sign in any more: the account has no password and no other passkey.
    LastSignIn,
    /// 409: the booking cannot be; `reason` and `alternatives` tell more.
    BookingConflict,
    /// 409: a request with this `Idempotency-Key` is under way.
    IdempotencyInProgress,
    /// 410: the one-time link is used up, withdrawn or too old.
    LinkGone,
    /// 410: the challenge is used up, older than five minutes, or was given to another browser.
    ChallengeGone,
    /// 412: it has changed meanwhile (`If-Match`).
    Changed,
    /// 413: the body is too large.
    TooLarge,
    /// 415: the body is no `application/json`.
    UnsupportedMediaType,
    /// 416: the recording has no such range.
    Range,
    /// 422: readable, but a value cannot be; `fields` names which.
    Invalid,
    /// 422: the `Idempotency-Key` was used for another request.
    IdempotencyReused,
    /// 428: `If-Match` is wanted.
    PreconditionRequired,
    /// 429: too many requests; `Retry-After` tells when.
    TooManyRequests,
    /// 429: too many wrong passwords; `Retry-After` tells when.
    Locked,
    /// 500: what is kept was damaged, or changed by somebody else; the log tells more.
    Damaged,
    /// 500: a fault of the program.
    Internal,
    /// 501: this installation cannot do it.
    Unsupported,
    /// 503: it is sealed with a key that the installation does not have; for the operator to mend.
    KeyMissing,
    /// 503: the database does not answer, or is full.
    Unavailable,
}

impl Code {
    fn status(self) -> StatusCode {
        use Code as C;
        match self {
            C::Malformed | C::BadCursor => StatusCode::BAD_REQUEST,
            C::Unauthenticated | C::BadCredentials => StatusCode::UNAUTHORIZED,
            C::TotpRequired | C::PasskeyRequired => StatusCode::UNAUTHORIZED,
            C::PasskeyRefused | C::ReauthRequired => StatusCode::FORBIDDEN,
            C::Forbidden | C::CrossSite | C::EnrolmentRequired => StatusCode::FORBIDDEN,
            C::NotFound => StatusCode::NOT_FOUND,
            C::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            C::Timeout => StatusCode::REQUEST_TIMEOUT,
            C::Conflict | C::LoginTaken | C::LastOwner | C::LastSignIn => StatusCode::CONFLICT,
            C::BookingConflict | C::IdempotencyInProgress => StatusCode::CONFLICT,
            C::LinkGone | C::ChallengeGone => StatusCode::GONE,
            C::Changed => StatusCode::PRECONDITION_FAILED,
            C::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            C::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            C::Range => StatusCode::RANGE_NOT_SATISFIABLE,
            C::Invalid | C::IdempotencyReused => StatusCode::UNPROCESSABLE_ENTITY,
            C::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            C::TooManyRequests | C::Locked => StatusCode::TOO_MANY_REQUESTS,
            C::Damaged | C::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            C::Unsupported => StatusCode::NOT_IMPLEMENTED,
            C::KeyMissing | C::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It is missing or empty.
    Missing,
    /// It is too short or too small.
    TooSmall,
    /// It is too long or too large.
    TooLarge,
    /// It has the wrong form.
    Form,
    /// It names nothing that is there.
    Unknown,
    /// Another has it.
    Taken,
    /// It cannot be together with what else is given.
    Contradiction,
    /// A profile with it would say something impossible.
    Impossible,
    /// It names a value that there is not here; `at` tells which.
    UnknownPlace,
    /// It does not name a value that it must name; `at` tells which.
    MissingPlace,
    /// A greeting that does not say that an AI speaks, or that the call is recorded.
    Undisclosed,
    /// A service that nobody does.
    Unassigned,
    /// The password is one of the common ones, or holds the login.
    Guessable,
}

/// A field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldFault {
    /// Its name, dotted (`hours.week`).
    pub field: String,
    /// What is wrong with it.
    pub code: Fault,
    /// The part of it that is wrong, such as the name of a place in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// Problem details (RFC 9457), as `application/problem+json`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// `about:blank`: the code tells.
    pub r#type: &'static str,
    /// The HTTP status again.
    pub status: u16,
    /// What went wrong.
    pub code: Code,
    /// Which fields are wrong, if any are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldFault>,
}

/// An error on its way to the client.
#[derive(Debug, Clone)]
pub struct Problem {
    code: Code,
    fields: Vec<FieldFault>,
    /// Seconds for `Retry-After`.
    retry: Option<u64>,
    header: Option<Box<(header::HeaderName, HeaderValue)>>,
    conflict: Option<Box<(ConflictReason, Vec<FreeTime>)>>,
}

impl Problem {
    /// With a code and no more.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self {
            code,
            fields: Vec::new(),
            retry: None,
            header: None,
            conflict: None,
        }
    }

    /// 422 over one field.
    #[must_use]
    pub fn field(name: &str, code: Fault) -> Self {
        Self::new(Code::Invalid).with(name, code)
    }

    /// Names one more field.
    #[must_use]
    pub fn with(self, name: &str, code: Fault) -> Self {
        self.with_at(name, code, None)
    }

    /// Names one more field, and the part of it that is wrong.
    #[must_use]
    pub fn with_at(mut self, name: &str, code: Fault, at: Option<String>) -> Self {
        self.fields.push(FieldFault {
            field: name.into(),
            code,
            at,
        });
        self
    }

    /// Try again after so many seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry = Some(seconds.max(1));
        self
    }

    /// With a header; one at most.
    #[must_use]
    pub fn header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.header = Some(Box::new((name, value)));
        self
    }

    /// A booking that cannot be, with what could.
    #[must_use]
    pub fn booking(reason: ConflictReason, alternatives: Vec<FreeTime>) -> Self {
        Self {
            conflict: Some(Box::new((reason, alternatives))),
            ..Self::new(Code::BookingConflict)
        }
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The fields that are wrong.
    #[must_use]
    pub fn fields(&self) -> &[FieldFault] {
        &self.fields
    }

    fn body(self) -> Result<Vec<u8>, serde_json::Error> {
        let status = self.code.status().as_u16();
        match self.conflict {
            Some(conflict) => serde_json::to_vec(&BookingConflict {
                r#type: "about:blank".into(),
                status,
                code: "booking_conflict".into(),
                reason: Some(conflict.0),
                alternatives: Some(conflict.1),
            }),
            None => serde_json::to_vec(&ProblemDetails {
                r#type: "about:blank",
                status,
                code: self.code,
                fields: self.fields,
            }),
        }
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

/// What the database says is for the log, not for the client.
impl From<StoreError> for Problem {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Conflict(why) => {
                tracing::debug!(%why, "contradicts what is stored");
                Self::new(Code::Conflict)
            }
            e if e.is_away() || matches!(e, StoreError::Locked) => {
                tracing::warn!(error = %e, "the store cannot serve");
                Self::new(Code::Unavailable).retry_after(5)
            }
            _ => {
                tracing::error!(error = %e, "the store failed");
                Self::new(Code::Internal)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        let status = self.code.status();
        let mut headers: HeaderMap = self.header.take().map(|h| *h).into_iter().collect();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        if let Some(seconds) = self.retry {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110 §15.5.2 wants a challenge; no browser knows this scheme, so none opens a window.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Session"));
        }
        (status, headers, self.body().unwrap_or_default()).into_response()
    }
}
