//! Says which field of a value would not be read back, and what to do.

use std::fmt;

use super::field::{Fault, FaultCause, FieldCheck};
use crate::schema::{
    DecodeError, EncodeError, Invalid, NetabaseSchema,
    codec::{Path, Segment, decode_path, encode_path},
    form::{FieldForm, Form},
};

/// Why a value was refused that `get` would not give back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundTripError {
    // Boxed: errors travel by value through every write.
    inner: Box<Inner>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    schema: &'static str,
    field: String,
    field_type: Option<&'static str>,
    cause: RoundTripCause,
}

/// What happens to the field that is not read back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RoundTripCause {
    /// It cannot be encoded.
    Unwritable(EncodeError),
    /// Its bytes cannot be decoded.
    Unreadable(DecodeError),
    /// It is read back as another value.
    Changed,
    /// The key of the value that is read back is another one.
    KeyChanged,
    /// The value that is read back is found by something else in the index of this name.
    IndexChanged(&'static str),
    /// The schema's `validate` accepts the value, and refuses what is read back.
    Invalid(Invalid),
}

impl RoundTripError {
    /// Returns the path of the field, like `order.price.cents`; empty if it is not known.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.inner.field
    }

    /// Returns the type of the schema's own field that the path begins with.
    #[must_use]
    pub fn field_type(&self) -> Option<&'static str> {
        self.inner.field_type
    }

    /// Returns what happens to the field.
    #[must_use]
    pub fn cause(&self) -> &RoundTripCause {
        &self.inner.cause
    }

    fn new<V: NetabaseSchema>(path: &Path, cause: RoundTripCause) -> Self {
        let field_type = match path.first() {
            Some(Segment::Field(name)) => type_of::<V>(name),
            _ => None,
        };
        Self::at::<V>(path.to_string(), field_type, cause)
    }

    fn at<V: NetabaseSchema>(
        field: String,
        field_type: Option<&'static str>,
        cause: RoundTripCause,
    ) -> Self {
        let inner = Inner { schema: V::SCHEMA_NAME, field, field_type, cause };
        Self { inner: Box::new(inner) }
    }

    #[cold]
    pub(super) fn unwritable<V: NetabaseSchema>(value: &V, error: EncodeError) -> Self {
        Self::new::<V>(&encode_path(value, usize::MAX), RoundTripCause::Unwritable(error))
    }

    #[cold]
    pub(super) fn unreadable<V: NetabaseSchema>(
        value: &V,
        payload: &[u8],
        error: DecodeError,
    ) -> Self {
        Self::of_a_field(value).unwrap_or_else(|| {
            Self::new::<V>(&decode_path::<V>(payload), RoundTripCause::Unreadable(error))
        })
    }

    #[cold]
    pub(super) fn changed<V: NetabaseSchema>(path: &Path) -> Self {
        Self::new::<V>(path, RoundTripCause::Changed)
    }

    /// Returns the error of the first field that is not read back even by itself.
    pub(super) fn of_a_field<V: NetabaseSchema>(value: &V) -> Option<Self> {
        let mut check = FieldCheck::default();
        value.check_fields(&mut check);
        let Fault { field, path, cause } = check.found?;
        let cause = match cause {
            FaultCause::Unwritable(error) => RoundTripCause::Unwritable(error),
            FaultCause::Unreadable(error) => RoundTripCause::Unreadable(error),
            FaultCause::Changed => RoundTripCause::Changed,
        };
        let inner = path.to_string();
        let dot = if inner.is_empty() || inner.starts_with('{') { "" } else { "." };
        Some(Self::at::<V>(format!("{field}{dot}{inner}"), type_of::<V>(field), cause))
    }

    #[cold]
    pub(super) fn key<V: NetabaseSchema>() -> Self {
        Self::of_fields::<V>(|field| field.is_key, RoundTripCause::KeyChanged)
    }

    #[cold]
    pub(super) fn index<V: NetabaseSchema>(index: usize) -> Self {
        let cause = RoundTripCause::IndexChanged(V::INDEXES[index].name);
        Self::of_fields::<V>(|field| field.is_indexed, cause)
    }

    #[cold]
    pub(super) fn invalid<V: NetabaseSchema>(invalid: Invalid) -> Self {
        Self::at::<V>(String::new(), None, RoundTripCause::Invalid(invalid))
    }

    /// Names the one field of a kind that can lose something; none if there are several.
    fn of_fields<V: NetabaseSchema>(
        is_of_kind: impl Fn(&FieldForm) -> bool,
        cause: RoundTripCause,
    ) -> Self {
        let suspected = |field: &&FieldForm| is_of_kind(field) && field.form != Form::Known;
        let mut fields = V::FIELDS.iter().filter(suspected);
        match (fields.next(), fields.next()) {
            (Some(field), None) => {
                Self::at::<V>(field.name.to_owned(), Some((field.type_name)()), cause)
            }
            _ => Self::at::<V>(String::new(), None, cause),
        }
    }
}

/// The type of a field by its name in serde's spelling: `userId` is `user_id`.
fn type_of<V: NetabaseSchema>(name: &str) -> Option<&'static str> {
    let letters = |name: &str| {
        let letters = name.chars().filter(|c| !matches!(c, '_' | '-'));
        letters.flat_map(char::to_lowercase).collect::<String>()
    };
    let name = letters(name);
    V::FIELDS.iter().find(|field| letters(field.name) == name).map(|field| (field.type_name)())
}

impl fmt::Display for RoundTripError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { schema, field, field_type, cause } = &*self.inner;
        write!(f, "`{schema}` value would not be read back: ")?;
        match field.as_str() {
            "" => f.write_str("it")?,
            field => write!(f, "field `{field}`")?,
        }
        if let Some(name) = field_type {
            write!(f, ", of type `{name}`,")?;
        }
        write!(f, " {cause}")
    }
}

/// What to do about a type that is not its own counterpart.
const MISMATCH: &str = "let the type's `Serialize` and `Deserialize` write and read the same parts \
    (a `skip_serializing`, `skip_deserializing`, `serialize_with` or `deserialize_with` needs its \
    counterpart), or keep it as JSON text: `#[serde(with = \"netabase::with::json\")]`";

impl fmt::Display for RoundTripCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unwritable(error @ EncodeError::UnknownLength) => write!(
                f,
                "cannot be encoded ({error}): keep it as JSON text, \
                 `#[serde(with = \"netabase::with::json\")]`, or remove `flatten` from its type",
            ),
            Self::Unwritable(error) => write!(f, "cannot be encoded: {error}"),
            Self::Unreadable(DecodeError::NotSelfDescribing) => f.write_str(
                "asks the bytes what they are, and they do not say: keep it as JSON text, \
                 `#[serde(with = \"netabase::with::json\")]`, or remove `untagged`, `tag` and \
                 `flatten` from its type",
            ),
            Self::Unreadable(error) => write!(f, "cannot be decoded ({error}): {MISMATCH}"),
            Self::Changed => write!(f, "is read back as another value: {MISMATCH}"),
            Self::KeyChanged => f.write_str(
                "is read back with another key: let what serde writes of the key keep all of it, \
                 or round it before it is stored",
            ),
            Self::IndexChanged(index) => write!(
                f,
                "is found by something else in the index `{index}` once it is read back: let what \
                 serde writes of the indexed field keep all of it, or round it before it is stored",
            ),
            Self::Invalid(invalid) => write!(
                f,
                "is not valid any more once it is read back ({invalid}): let `validate` not depend \
                 on what serde leaves out",
            ),
        }
    }
}

impl std::error::Error for RoundTripError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.inner.cause {
            RoundTripCause::Unwritable(error) => Some(error),
            RoundTripCause::Unreadable(error) => Some(error),
            RoundTripCause::Invalid(invalid) => Some(invalid),
            _ => None,
        }
    }
}
