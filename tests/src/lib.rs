//! The tests are in `integration/`; the cases that must not compile in `ui/`.
