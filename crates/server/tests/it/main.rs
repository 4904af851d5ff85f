//! The program as its users run it: real sockets, real processes, real databases. One program of tests, so that it is compiled and
//! linked once and several calls last at the same time.

mod support;

mod announced;
mod answering;
mod away;
mod backup;
mod bad_line;
mod baresip;
mod beacon;
mod call;
mod call_backs;
mod chat;
mod check;
mod discreet;
mod disk;
mod entities;
mod exercise;
mod hand;
mod interrupt;
mod keys;
mod kill;
mod kill_telling;
mod line;
mod models;
mod moves;
mod nod;
mod openapi;
mod parting;
mod rehearse;
mod rehearse_voice;
mod sealed;
mod secure;
mod start;
mod start_away;
mod stream;
mod stream_hostile;
mod understand;
