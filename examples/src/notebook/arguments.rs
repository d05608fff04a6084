//! The command line of the example `notebook`.

use std::{env, path::PathBuf};

use netabase::DatabaseError;

/// What a run is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments {
    /// The notebook's directory.
    pub directory: PathBuf,
    /// `true` if the run ends as a crash does: at once, in the middle of its writing.
    pub aborts: bool,
    /// A note to be taken down; `None` for one about the run itself.
    pub text: Option<String>,
}

/// Why a run of the example has failed.
#[derive(Debug, thiserror::Error)]
pub enum NotebookError {
    /// An option needs a directory behind it.
    #[error("`--dir` needs a directory behind it")]
    NoDirectory,
    /// No such option.
    #[error("`{option}` is no option; there are `--dir DIRECTORY` and `--abort`")]
    UnknownOption {
        /// What was given.
        option: String,
    },
    /// The store refused something.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The terminal is gone.
    #[error("cannot print")]
    Print(#[from] std::io::Error),
}

impl Arguments {
    /// Reads the command line behind the program's name.
    ///
    /// # Errors
    ///
    /// [`NotebookError::NoDirectory`], [`NotebookError::UnknownOption`].
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, NotebookError> {
        let directory = env::temp_dir().join("netabase-notebook");
        let mut parsed = Self { directory, aborts: false, text: None };
        let mut words = Vec::new();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--dir" => {
                    let directory = arguments.next().ok_or(NotebookError::NoDirectory)?;
                    parsed.directory = directory.into();
                }
                "--abort" => parsed.aborts = true,
                option if option.starts_with("--") => {
                    return Err(NotebookError::UnknownOption { option: option.to_owned() });
                }
                _ => words.push(argument),
            }
        }
        parsed.text = (!words.is_empty()).then(|| words.join(" "));
        Ok(parsed)
    }
}
