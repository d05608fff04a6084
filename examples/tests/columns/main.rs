//! Runs every example as a user does and measures what it prints: no line is wider than 80 columns.

mod bars;

use std::{
    error::Error,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use console::measure_text_width;
use netabase::libp2p::Multiaddr;
use netabase_examples::columns::COLUMNS;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Finds an example beside this test. `cargo test -p netabase-examples` builds both.
fn program(name: &str) -> Outcome<PathBuf> {
    let test = std::env::current_exe()?;
    let directory = test.parent().and_then(Path::parent).ok_or("a test is in target/*/deps")?;
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let program = directory.join("examples").join(file);
    if program.exists() {
        return Ok(program);
    }
    Err(format!("{} is not built: run `cargo build --examples`", program.display()).into())
}

/// Runs an example to its end, which has to be a good one; returns what it printed, errors included.
fn output(name: &str, arguments: &[&str]) -> Outcome<String> {
    let output = Command::new(program(name)?).args(arguments).output()?;
    let text = String::from_utf8(output.stdout)? + &String::from_utf8(output.stderr)?;
    if output.status.success() { Ok(text) } else { Err(text.into()) }
}

fn assert_fits(name: &str, text: &str) {
    let is_too_wide = |line: &&str| measure_text_width(line) > COLUMNS;
    let too_wide: Vec<_> = text.lines().filter(is_too_wide).collect();
    assert!(too_wide.is_empty(), "{name} prints wider than {COLUMNS} columns: {too_wide:#?}");
    assert!(text.lines().count() > 5, "{name} prints its story: {text}");
}

#[test]
fn airports_fits_80_columns() -> Outcome {
    let text = output("airports", &[])?;
    assert_fits("airports", &text);
    assert!(text.contains("28298 airports stored"), "{text}");
    Ok(())
}

#[test]
fn lifecycle_fits_80_columns() -> Outcome {
    let text = output("lifecycle", &["20000"])?;
    assert_fits("lifecycle", &text);
    assert!(text.contains("What is left"), "{text}");
    Ok(())
}

#[test]
fn cluster_fits_80_columns() -> Outcome {
    let text = output("cluster", &["--nodes", "13", "--records", "26", "--kill", "2"])?;
    assert_fits("cluster", &text);
    assert!(text.contains("26 of 26 airports found after 2 of 13 nodes died"), "{text}");
    Ok(())
}

#[test]
fn two_nodes_fits_80_columns_and_prints_a_command_that_can_be_run() -> Outcome {
    let mut first =
        Command::new(program("two_nodes")?).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut lines = BufReader::new(first.stdout.take().ok_or("it is piped")?).lines();
    let mut told = Vec::new();
    let address: Multiaddr = loop {
        let line = lines.next().ok_or("it prints a command")??;
        told.push(line);
        // As a shell joins them.
        let joined = told.join("\n").replace("\\\n", "");
        let command = joined.lines().last().and_then(|line| line.split_once(" two_nodes -- "));
        if let Some(Ok(address)) = command.map(|(_, address)| address.parse()) {
            break address;
        }
    };

    let second = output("two_nodes", &[&address.to_string()])?;

    assert_fits("the second node", &second);
    assert!(second.contains("5 of 5 airports found"), "{second}");
    first.stdin.take().ok_or("it is piped")?.write_all(b"\n")?;
    for line in lines {
        told.push(line?);
    }
    assert!(first.wait()?.success());
    let told = told.join("\n");
    assert_fits("the first node", &told);
    assert!(told.contains("is gone") || told.contains("holds for"), "{told}");
    Ok(())
}

#[test]
fn an_error_fits_80_columns_and_is_told_whole() -> Outcome {
    let run = Command::new(program("two_nodes")?).arg("127.0.0.1:4001").output()?;
    let mut text = String::new();
    run.stderr.as_slice().read_to_string(&mut text)?;
    assert!(!run.status.success());
    assert!(text.lines().all(|line| measure_text_width(line) <= COLUMNS), "{text}");
    let whole = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(whole.starts_with("error: `127.0.0.1:4001` is not an address; copy"), "{whole}");
    assert!(whole.contains("because: "), "{whole}");
    Ok(())
}
