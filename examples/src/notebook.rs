//! A notebook on disk: what one run writes, the next one finds, also if the first was killed. What the example
//! `notebook` prints is made here, so that a test can read it.

mod arguments;

mod book;

mod page;

pub use self::{
    arguments::{Arguments, NotebookError},
    book::{Entry, Notebook, Run},
    page::show,
};
