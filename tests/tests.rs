//! Tests of the library and of the real binary, a module a theme.

mod cli;
#[cfg(unix)]
mod fetch;
mod kernels;
mod layout;
mod letters;
mod parity;
mod web;
