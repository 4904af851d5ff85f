//! The owner's side of Biseo by HTTP: `/api/v1` with its OpenAPI document, sign-in, roles and live events.
//!
//! JSON with English codes and no prose: words that people read are the console's. The room knows the store and the profiles of
//! shops; calls reach it as [`live::LiveEvent`]s that whoever carries them tells.

pub mod auth;
mod document;
pub mod live;
mod problem;
mod resources;
mod routes;
mod tag;
pub mod views;

pub use document::{BASE, document};
pub use problem::{Code, Fault, FieldFault, Problem, ProblemDetails};
