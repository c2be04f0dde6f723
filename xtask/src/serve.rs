//! Builds the page, serves it on this machine, and opens it in the browser.

use std::net::TcpListener;

use anyhow::{Context, Result};

use crate::machine::Machine;
use crate::static_server::StaticServer;
use crate::{build, offline, watch};

/// How to serve.
#[derive(clap::Args)]
pub struct ServeOptions {
    /// The port of 127.0.0.1 to serve on.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Only serve; open no browser.
    #[arg(long)]
    no_open: bool,
    /// Build again whatever is saved, and show it: the page reloads itself.
    #[arg(long)]
    fast: bool,
    /// The page as it is deployed: small, which takes minutes to build.
    #[arg(long, conflicts_with = "fast")]
    release: bool,
}

/// Builds the page, serves it until Ctrl-C, opens the browser.
pub fn run(machine: &Machine, options: &ServeOptions) -> Result<()> {
    let port = options.port;
    let taken = || format!("port {port} is not free; try `cargo xtask serve --port {}`", next(port));
    // Checked before the build, which may take minutes.
    TcpListener::bind(("127.0.0.1", port)).with_context(taken)?;

    if options.release {
        build::lean(machine)?;
    } else {
        build::quick(machine)?;
        offline::leave_out(&machine.dist())?;
    }
    let watch = options.fast.then(|| watch::Watch::begin(machine)).transpose()?;
    let server = StaticServer::start(&machine.dist(), "/", port).with_context(taken)?;
    let after = if options.fast { "it follows what you save" } else { "run the command again after a change" };
    println!("ConnLab is at {} (Ctrl-C ends it; {after})", server.url());
    if !options.no_open && open::that_detached(server.url()).is_err() {
        println!("No browser could be opened: please open the address by hand.");
    }
    match watch {
        Some(watch) => watch.follow(),
        None => server.wait(),
    }
    Ok(())
}

fn next(port: u16) -> u16 {
    port.checked_add(1).unwrap_or(8080)
}
