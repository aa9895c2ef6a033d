//! `completions`, `man` and `schema`: output that is derived only from the definitions of arguments and answers.

use std::fs;
use std::io::Write;

use anyhow::{Context, Result};
use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use samesay::report::schema;

use super::Outcome;
use super::args::{Cli, ManArgs, SchemaArgs, command};
use super::config::UsageError;
use super::io::stdout;
use super::models::{ModelList, Shown, Verified};
use super::output::is_dangling;

/// `samesay completions`
pub fn completions(shell: Shell) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "samesay", &mut script);
    write_out(&script)
}

/// `samesay schema`
pub fn schema(args: &SchemaArgs) -> Result<Outcome> {
    let schema = match args.name.as_str() {
        "model-list" => schema::of::<ModelList>(),
        "model-show" => schema::of::<Shown>(),
        "model-verify" => schema::of::<Verified>(),
        name => schema::schema(name).with_context(|| format!("no schema is called {name}"))?,
    };
    write_out(format!("{:#}\n", schema.as_value()).as_bytes())
}

/// `samesay man`
pub fn man(args: &ManArgs) -> Result<Outcome> {
    match &args.output {
        None => {
            let mut page = Vec::new();
            Man::new(command()).render(&mut page)?;
            write_out(&page)
        }
        Some(folder) => {
            let shown = || folder.display().to_string();
            if is_dangling(folder) {
                return Err(UsageError(format!("-o {}: is a symbolic link to nothing; name a folder", shown())).into());
            }
            if folder.exists() && !folder.is_dir() {
                return Err(UsageError(format!("-o {}: is not a folder", shown())).into());
            }
            fs::create_dir_all(folder)
                .and_then(|()| clap_mangen::generate_to(command(), folder))
                .with_context(shown)?;
            Ok(Outcome::Found)
        }
    }
}

fn write_out(bytes: &[u8]) -> Result<Outcome> {
    let mut out = stdout()?.lock();
    out.write_all(bytes).and_then(|()| out.flush()).context("stdout")?;
    Ok(Outcome::Found)
}
