use netabase::{KeyError, KeyReader, KeyWriter, NetabaseSchemaKey};

/// A recursive key, written by hand as the derive would.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Tree {
    Leaf(u8),
    Boxed(Box<Tree>),
    Children(Vec<Tree>),
    Fork { left: Option<Box<Tree>>, right: Option<Box<Tree>> },
}

impl NetabaseSchemaKey for Tree {
    fn encode_key(&self, out: &mut KeyWriter<'_>) {
        out.nested(|out| match self {
            Self::Leaf(value) => {
                out.raw(&[0]);
                value.encode_key(out);
            }
            Self::Boxed(tree) => {
                out.raw(&[1]);
                tree.encode_key(out);
            }
            Self::Children(trees) => {
                out.raw(&[2]);
                trees.encode_key(out);
            }
            Self::Fork { left, right } => {
                out.raw(&[3]);
                left.encode_key(out);
                right.encode_key(out);
            }
        });
    }

    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        input.nested(|input| {
            Ok(match input.ordinal(4)? {
                0 => Self::Leaf(u8::decode_key(input)?),
                1 => Self::Boxed(Box::decode_key(input)?),
                2 => Self::Children(Vec::decode_key(input)?),
                _ => Self::Fork {
                    left: Option::decode_key(input)?,
                    right: Option::decode_key(input)?,
                },
            })
        })
    }
}

/// A recursive key whose author forgot `nested`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Careless {
    End,
    More(Box<Careless>),
}

impl Careless {
    pub(super) fn of_boxes(boxes: usize) -> Self {
        (0..boxes).fold(Self::End, |inner, _| Self::More(Box::new(inner)))
    }
}

impl NetabaseSchemaKey for Careless {
    fn encode_key(&self, out: &mut KeyWriter<'_>) {
        match self {
            Self::End => out.raw(&[0]),
            Self::More(inner) => {
                out.raw(&[1]);
                inner.encode_key(out);
            }
        }
    }

    fn decode_key(input: &mut KeyReader<'_>) -> Result<Self, KeyError> {
        match input.ordinal(2)? {
            0 => Ok(Self::End),
            _ => Box::decode_key(input).map(Self::More),
        }
    }
}
