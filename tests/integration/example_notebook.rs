//! What the example `notebook` shows, run after run.

use std::{
    env,
    error::Error,
    path::{Path, PathBuf},
    process::Command,
};

use netabase_examples::notebook::{Arguments, Notebook, NotebookError, show};

/// The name under which a process that is to abort is told the notebook's directory.
const DIRECTORY: &str = "NETABASE_NOTEBOOK";

fn arguments(directory: &Path) -> Arguments {
    Arguments { directory: directory.to_owned(), aborts: false, text: None }
}

/// Runs it once, and returns what it prints.
fn run(arguments: &Arguments) -> Result<String, Box<dyn Error>> {
    let mut out = Vec::new();
    show(arguments, &mut out)?;
    let text = String::from_utf8(out)?;
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
    }
    Ok(text)
}

/// Runs it in a process that is killed by itself half-way.
fn run_and_abort(directory: &Path) -> Result<(), Box<dyn Error>> {
    let status = Command::new(env::current_exe()?)
        .args(["example_notebook::aborts", "--exact", "--ignored", "--nocapture"])
        .env(DIRECTORY, directory)
        .output()?
        .status;
    if status.success() { Err("it was not killed".into()) } else { Ok(()) }
}

#[test]
#[ignore = "a process of another test"]
fn aborts() -> Result<(), Box<dyn Error>> {
    // Run by hand, it has nothing to do.
    let Ok(directory) = env::var(DIRECTORY) else { return Ok(()) };
    let arguments = Arguments { aborts: true, ..arguments(Path::new(&directory)) };
    Ok(show(&arguments, &mut std::io::sink())?)
}

#[test]
fn each_run_finds_what_the_runs_before_have_written_also_if_they_were_killed() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let mut arguments = arguments(directory.path());
    arguments.text = Some("a note, ".repeat(20));
    let first = run(&arguments)?;
    assert!(first.contains("Run 1") && first.contains("It is new."), "{first}");

    arguments.text = None;
    let second = run(&arguments)?;
    assert!(second.contains("run   1  closed   101 entries"), "{second}");
    assert!(second.contains("scribble 100 of run 1"), "{second}");

    run_and_abort(directory.path())?;
    let fourth = run(&arguments)?;
    assert!(fourth.contains("run   2  closed   101 entries"), "{fourth}");
    assert!(fourth.contains("run   3  killed"), "{fourth}");

    let book = Notebook::open(directory.path())?;
    let runs = book.earlier_runs()?;
    let counts: Vec<_> = runs.iter().map(|(_, count)| *count).collect();
    assert!(matches!(counts[..], [101, 101, 1..=51, 101]), "{counts:?}");
    let noted = book.last_entries(usize::MAX)?;
    assert_eq!(noted[0].text, "a note, ".repeat(20));
    assert!(noted.iter().any(|entry| entry.text == "run 3 was here"), "it was synced");
    assert!(noted.iter().map(|entry| entry.number).eq(1..=noted.len() as u64), "no gap");
    Ok(())
}

#[test]
fn the_command_line_of_the_notebook_says_what_is_wrong() -> Result<(), NotebookError> {
    let parse = |line: &str| Arguments::parse(line.split_whitespace().map(str::to_owned));
    assert!(parse("")?.text.is_none());
    let all = parse("--dir here buy milk --abort")?;
    let text = Some("buy milk".to_owned());
    assert_eq!(all, Arguments { directory: PathBuf::from("here"), aborts: true, text });
    assert!(matches!(parse("--dir"), Err(NotebookError::NoDirectory)));
    assert!(matches!(parse("--ablort"), Err(NotebookError::UnknownOption { .. })));
    Ok(())
}
