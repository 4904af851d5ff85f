//! The routes under `/api/v1`.

mod bookings;
mod calendars;
mod callers;
mod calls;
mod care;
mod choices;
mod corrections;
mod digest_feeds;
mod digests;
mod events;
mod health;
mod incidents;
mod invitations;
mod line;
mod notices;
mod orders;
mod passkeys;
mod program_keys;
mod queries;
mod questions;
mod rehearsals;
mod session;
mod setup;
mod shops;
mod topics;
mod tryouts;
mod users;
mod webhooks;
mod wording;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Api;

/// All routes, with their document.
pub(crate) fn all() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(health::health))
        .routes(routes!(session::whoami, session::sign_in, session::sign_out))
        .routes(routes!(session::change_password))
        .routes(routes!(session::begin_totp))
        .routes(routes!(session::confirm_totp))
        .routes(routes!(passkeys::begin_passkey_sign_in))
        .routes(routes!(passkeys::passkey_sign_in))
        .routes(routes!(passkeys::list_passkeys, passkeys::add_passkey))
        .routes(routes!(passkeys::begin_passkey))
        .routes(routes!(passkeys::rename_passkey, passkeys::remove_passkey))
        .routes(routes!(invitations::check_invitation))
        .routes(routes!(invitations::accept_invitation))
        .routes(routes!(invitations::begin_passkey_invitation))
        .routes(routes!(invitations::accept_passkey_invitation))
        .routes(routes!(shops::list_shops))
        .routes(routes!(shops::summary))
        .routes(routes!(shops::read_profile, shops::change_profile))
        .routes(routes!(users::list_users))
        .routes(routes!(users::change_user, users::remove_user))
        .routes(routes!(users::list_invitations, users::invite))
        .routes(routes!(users::withdraw_invitation))
        .routes(routes!(users::audit))
        .routes(routes!(calls::list_calls))
        .routes(routes!(calls::read_call))
        .routes(routes!(calls::read_recording))
        .routes(routes!(corrections::list_corrections))
        .routes(routes!(corrections::correct, corrections::uncorrect))
        .routes(routes!(events::events))
        .routes(routes!(bookings::list_bookings, bookings::make_booking))
        .routes(routes!(
            bookings::read_booking,
            bookings::move_booking,
            bookings::cancel_booking
        ))
        .routes(routes!(bookings::availability))
        .routes(routes!(orders::list_orders))
        .routes(routes!(orders::read_order, orders::cancel_order))
        .routes(routes!(orders::list_messages))
        .routes(routes!(orders::read_message, orders::mark_message))
        .routes(routes!(callers::list_callers))
        .routes(routes!(
            callers::read_caller,
            callers::change_caller,
            care::erase_caller
        ))
        .routes(routes!(care::export_caller))
        .routes(routes!(care::read_care, care::change_care))
        .routes(routes!(choices::read_choices, choices::change_choices))
        .routes(routes!(choices::list_browsers, choices::add_browser))
        .routes(routes!(choices::remove_browser))
        .routes(routes!(notices::list_notices))
        .routes(routes!(notices::read_own_notices, notices::change_own_notices))
        .routes(routes!(tryouts::try_out))
        .routes(routes!(wording::list_sentences))
        .routes(routes!(wording::list_flows))
        .routes(routes!(setup::read_setup, setup::mark_setup))
        .routes(routes!(setup::set_up_business))
        .routes(routes!(setup::set_up_hours))
        .routes(routes!(setup::set_up_booking))
        .routes(routes!(rehearsals::list_rehearsals, rehearsals::begin_rehearsal))
        .routes(routes!(rehearsals::read_rehearsal))
        .routes(routes!(
            rehearsals::read_rehearsal_call,
            rehearsals::make_rehearsal_call
        ))
        .routes(routes!(digests::list_digests))
        .routes(routes!(digests::read_digest))
        .routes(routes!(topics::read_topics, topics::change_topic))
        .routes(routes!(topics::tell_story))
        .routes(routes!(calendars::read_card))
        .routes(routes!(calendars::list_feeds, calendars::make_feed))
        .routes(routes!(calendars::renew_feed))
        .routes(routes!(calendars::remove_feed))
        .routes(routes!(calendars::list_imports, calendars::add_import))
        .routes(routes!(calendars::remove_import))
        .routes(routes!(
            digest_feeds::list_digest_feeds,
            digest_feeds::make_digest_feed
        ))
        .routes(routes!(digest_feeds::remove_digest_feed))
        .routes(routes!(webhooks::list_webhooks, webhooks::add_webhook))
        .routes(routes!(webhooks::change_webhook, webhooks::remove_webhook))
        .routes(routes!(webhooks::renew_secret))
        .routes(routes!(webhooks::test_webhook))
        .routes(routes!(webhooks::list_deliveries))
        .routes(routes!(webhooks::read_delivery))
        .routes(routes!(webhooks::send_again))
        .routes(routes!(program_keys::list_keys, program_keys::make_key))
        .routes(routes!(program_keys::remove_key))
        .routes(routes!(incidents::list_incidents, incidents::begin_incident))
        .routes(routes!(incidents::read_incident))
        .routes(routes!(incidents::end_incident))
        .routes(routes!(incidents::line_evidence))
        .routes(routes!(incidents::line_report))
        .routes(routes!(line::line_status))
        .routes(routes!(line::line_timeline))
        .routes(routes!(questions::list_questions))
        .routes(routes!(questions::read_question, questions::answer_question))
}
