//! `cargo xtask`: builds, serves, checks and tests ConnLab. Missing tools are installed on the way.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{bench, build, check, machine::Machine, npm, scorm, serve, single_file, test, wheel};

/// Builds, serves, checks and tests ConnLab. Missing tools are installed on the way, into .tools/.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds the page and opens it in the browser.
    Serve(serve::ServeOptions),
    /// Builds the page into dist/, ready for any web server, and weighs it.
    Build(build::BuildOptions),
    /// Builds the page as one HTML file, which opens from a disk, without a server.
    SingleFile(single_file::SingleFileOptions),
    /// Writes a lesson as a SCORM 1.2 package, for Moodle and other learning platforms.
    Scorm(scorm::ScormOptions),
    /// Format, clippy and docs, natively and for wasm.
    Check,
    /// Every test: the model, the command line, and the page in a real browser.
    Test(test::TestOptions),
    /// Puts the npm package together in target/npm: the model for Node.js and browsers.
    Npm(npm::NpmOptions),
    /// Tests the Python wheel: builds it, installs it in an empty folder and runs a link there.
    Wheel,
    /// How fast the model is, natively, in wasm and beside others; writes docs/performance.md. Takes minutes.
    Bench(bench::BenchOptions),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> anyhow::Result<()> {
    let machine = Machine::new()?;
    match command {
        Command::Serve(options) => serve::run(&machine, options),
        Command::Build(options) => build::run(&machine, options),
        Command::SingleFile(options) => single_file::run(&machine, options),
        Command::Scorm(options) => scorm::run(&machine, options),
        Command::Check => check::run(&machine),
        Command::Test(options) => test::run(&machine, options),
        Command::Npm(options) => npm::run(&machine, options),
        Command::Wheel => wheel::run(&machine),
        Command::Bench(options) => bench::run(&machine, options),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
