//! `docs/when-it-does-not-compile.md` says what the compiler says, about every case there is.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs, io,
    path::Path,
};

const PAGE: &str = "../docs/when-it-does-not-compile.md";
const HEADER: [&str; 2] = ["| message | cause | write | case |", "|---|---|---|---|"];

/// One line of a table: a message, and the cases in which it shows.
struct Row {
    message: String,
    cases: Vec<String>,
}

#[test]
fn every_message_on_the_page_is_what_the_compiler_says() -> Result<(), Box<dyn Error>> {
    let expected = expected_errors()?;
    for Row { message, cases } in rows()? {
        for case in cases {
            let errors = expected.get(&case).ok_or(format!("the page names {case}, not in ui/"))?;
            assert!(errors.contains(&message), "{case}: {message:?} is none of {errors:#?}");
        }
    }
    Ok(())
}

#[test]
fn every_case_is_on_the_page() -> Result<(), Box<dyn Error>> {
    let explained: BTreeSet<String> = rows()?.into_iter().flat_map(|row| row.cases).collect();
    let missing: Vec<_> =
        expected_errors()?.into_keys().filter(|case| !explained.contains(case)).collect();
    assert!(missing.is_empty(), "not on the page: {missing:#?}");
    Ok(())
}

fn rows() -> Result<Vec<Row>, Box<dyn Error>> {
    let page = fs::read_to_string(PAGE)?;
    let rows = page.lines().filter(|line| line.starts_with('|') && !HEADER.contains(line));
    rows.map(|line| Ok(row(line).ok_or(format!("not a row: {line}"))?)).collect()
}

/// Reads `` | message | cause | write | [`case`](link), … | ``.
fn row(line: &str) -> Option<Row> {
    let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
    let [message, _, _, cases] = cells[..] else { return None };
    let cases = cases.split(", ").map(case).collect::<Option<_>>()?;
    Some(Row { message: code(message)?.to_owned(), cases })
}

/// The text of a code span. One that has backticks is in two of them, and spaces.
fn code(span: &str) -> Option<&str> {
    let inside = |start: &str, end: &str| span.strip_prefix(start)?.strip_suffix(end);
    inside("`` ", " ``").or_else(|| inside("`", "`"))
}

/// The name of a case, if its link leads to its code.
fn case(link: &str) -> Option<String> {
    let (name, target) = link.strip_prefix('[')?.strip_suffix(')')?.split_once("](")?;
    let name = code(name)?;
    (target == format!("../tests/ui/{name}.rs")).then(|| name.to_owned())
}

/// The first line of every error, by case.
fn expected_errors() -> io::Result<BTreeMap<String, Vec<String>>> {
    let mut errors = BTreeMap::new();
    collect("ui".as_ref(), &mut errors)?;
    assert!(!errors.is_empty(), "there are no cases");
    Ok(errors)
}

fn collect(folder: &Path, errors: &mut BTreeMap<String, Vec<String>>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, errors)?;
        } else if path.extension().is_some_and(|extension| extension == "stderr") {
            let text = fs::read_to_string(&path)?;
            let lines = text.lines().filter(|line| line.starts_with("error")).map(str::to_owned);
            errors.insert(name_of(&path), lines.collect());
        }
    }
    Ok(())
}

/// `key/missing` for `ui/key/missing.stderr`, on any platform.
fn name_of(path: &Path) -> String {
    let parts: Vec<_> = path
        .with_extension("")
        .iter()
        .skip(1)
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}
