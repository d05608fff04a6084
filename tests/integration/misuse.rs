//! Misuse of the macros does not compile, and the compiler says what to do.
