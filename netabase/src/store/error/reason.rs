//! Names the reasons for which records from elsewhere are refused, each with a code that stays the same.

use std::fmt;

use crate::record::RecordError;

/// Defines the reasons: each once, with its code.
macro_rules! reasons {
    ($(#[$doc:meta] $name:ident => $code:literal,)*) => {
        /// The reason for which a record from elsewhere was refused, without the details of an
        /// [`ArrivalError`](super::ArrivalError).
        ///
        /// Each has a [code](Self::code), which later versions keep.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum RefusalReason {
            $(#[$doc] $name,)*
        }

        impl RefusalReason {
            /// All reasons, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the reason's name in counters, in logs and between peers: lower-case letters and hyphens.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

reasons! {
    /// `too-large`: the value or the record is too long.
    TooLarge => "too-large",
    /// `foreign-key`: the key is not one of the schema, or not one of Netabase.
    ForeignKey => "foreign-key",
    /// `unknown-schema`: no database of the schema was opened.
    UnknownSchema => "unknown-schema",
    /// `envelope`: the value does not start with a valid envelope.
    Envelope => "envelope",
    /// `version`: another version of the schema wrote it.
    Version => "version",
    /// `codec`: the payload is in a codec that this program does not read.
    Codec => "codec",
    /// `clock`: the writer's clock is too far ahead.
    Clock => "clock",
    /// `lease`: the lease is over, too long, or missing.
    Lease => "lease",
    /// `private`: the key, or the whole schema, is kept to this machine.
    Private => "private",
    /// `outdated`: a newer value is stored.
    Outdated => "outdated",
    /// `rate`: the peer, or its address, sends too many.
    Rate => "rate",
    /// `signature`: the signature is missing, out of place, or not the owner's.
    Signature => "signature",
    /// `value`: the payload does not decode, is not valid, or belongs to another key.
    Value => "value",
    /// `full`: there is no room.
    Full => "full",
    /// `panic`: code of the schema panicked.
    Panic => "panic",
    /// `damaged`: the store takes no writes any more.
    Damaged => "damaged",
    /// `busy`: too much waits to be written to disk.
    Busy => "busy",
}

impl RefusalReason {
    /// Returns its place among [`ALL`](Self::ALL).
    pub(crate) const fn place(self) -> usize {
        self as usize
    }

    pub(super) fn of_record(error: &RecordError) -> Self {
        match error {
            RecordError::ForeignKey
            | RecordError::WrongSchema { .. }
            | RecordError::WrongAccess { .. }
            | RecordError::KeyTooLong { .. } => Self::ForeignKey,
            RecordError::Envelope(_) => Self::Envelope,
            RecordError::Version { .. } => Self::Version,
            RecordError::UnsupportedCodec { .. } => Self::Codec,
            RecordError::Unsigned { .. }
            | RecordError::UnexpectedSignature { .. }
            | RecordError::WrongSigner { .. }
            | RecordError::BadSignature => Self::Signature,
            RecordError::TooLarge { .. } => Self::TooLarge,
            RecordError::Key(_)
            | RecordError::IndexKey { .. }
            | RecordError::TooManyEntries { .. }
            | RecordError::Decode(_)
            | RecordError::RoundTrip(_)
            | RecordError::KeyMismatch { .. }
            | RecordError::Deleted { .. }
            | RecordError::Invalid { .. }
            | RecordError::UnexpectedTombstone { .. } => Self::Value,
        }
    }
}

/// Writes the [code](Self::code).
impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}
