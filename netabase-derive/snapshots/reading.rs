/// The key of [`Reading`].
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::core::cmp::Eq,
    ::core::cmp::PartialOrd,
    ::core::cmp::Ord,
    ::core::hash::Hash,
)]
pub(crate) struct ReadingKey {
    /// `station`
    pub(crate) station: u32,
    /// `at`
    at: u64,
}
#[doc(hidden)]
#[allow(dead_code)]
pub(crate) trait __ReadingFieldsWithoutIndex {
    const STATION: ::netabase::__private::Unindexed<Reading> = ::netabase::__private::Unindexed::new();
    const AT: ::netabase::__private::Unindexed<Reading> = ::netabase::__private::Unindexed::new();
    const CELSIUS: ::netabase::__private::Unindexed<Reading> = ::netabase::__private::Unindexed::new();
}
impl __ReadingFieldsWithoutIndex for Reading {}
const _: () = {
    #[allow(unused_imports)]
    use ::netabase::__private::{NoComparison as _, NoSerde as _, UnknownForm as _};
    const __FIELDS: &[::netabase::__private::FieldForm] = &[
        ::netabase::__private::FieldForm {
            name: "station",
            type_name: ::core::any::type_name::<u32>,
            form: <::netabase::__private::Probe<u32>>::FORM,
            is_key: true,
            is_indexed: false,
        },
        ::netabase::__private::FieldForm {
            name: "at",
            type_name: ::core::any::type_name::<u64>,
            form: <::netabase::__private::Probe<u64>>::FORM,
            is_key: true,
            is_indexed: false,
        },
        ::netabase::__private::FieldForm {
            name: "celsius",
            type_name: ::core::any::type_name::<f64>,
            form: <::netabase::__private::Probe<f64>>::FORM,
            is_key: false,
            is_indexed: false,
        },
    ];
    impl ReadingKey {
        /// The key of the [`Reading`] with these values.
        #[must_use]
        fn new(station: u32, at: u64) -> Self {
            Self { station: station, at: at }
        }
    }
    impl ::core::convert::From<(u32, u64)> for ReadingKey {
        fn from((__field0, __field1): (u32, u64)) -> Self {
            Self {
                station: __field0,
                at: __field1,
            }
        }
    }
    impl ::netabase::NetabaseSchemaKey for ReadingKey {
        fn encode_key(&self, __out: &mut ::netabase::KeyWriter<'_>) {
            __out
                .nested(|__out| {
                    ::netabase::NetabaseSchemaKey::encode_key(&self.station, __out);
                    ::netabase::NetabaseSchemaKey::encode_key(&self.at, __out);
                });
        }
        fn decode_key(
            __input: &mut ::netabase::KeyReader<'_>,
        ) -> ::core::result::Result<Self, ::netabase::KeyError> {
            __input
                .nested(|__input| ::core::result::Result::Ok(Self {
                    station: ::netabase::NetabaseSchemaKey::decode_key(__input)?,
                    at: ::netabase::NetabaseSchemaKey::decode_key(__input)?,
                }))
        }
    }
    impl ::netabase::KeyOf<ReadingKey> for ReadingKey {
        fn encode_key_of(&self, __out: &mut ::netabase::KeyWriter<'_>) {
            ::netabase::NetabaseSchemaKey::encode_key(self, __out);
        }
    }
    impl<__Part0: ::netabase::PartOf<u32>> ::netabase::PrefixOf<ReadingKey>
    for (__Part0,) {
        fn encode_prefix_of(&self, __out: &mut ::netabase::KeyWriter<'_>) {
            __out
                .nested(|__out| {
                    ::netabase::PartOf::<u32>::encode_part(&self.0, __out);
                });
        }
    }
    impl<
        __Part0: ::netabase::PartOf<u32>,
        __Part1: ::netabase::PartOf<u64>,
    > ::netabase::KeyOf<ReadingKey> for (__Part0, __Part1) {
        fn encode_key_of(&self, __out: &mut ::netabase::KeyWriter<'_>) {
            __out
                .nested(|__out| {
                    ::netabase::PartOf::<u32>::encode_part(&self.0, __out);
                    ::netabase::PartOf::<u64>::encode_part(&self.1, __out);
                });
        }
    }
    impl ::netabase::NetabaseSchema for Reading {
        type Key = ReadingKey;
        type Ref<'a> = Reading;
        const SCHEMA_NAME: &'static ::core::primitive::str = "reading";
        const SCHEMA_VERSION: ::core::primitive::u32 = 1u32;
        const ACCESS: ::netabase::Access = ::netabase::Access::Local;
        const TTL: ::core::option::Option<::core::time::Duration> = ::core::option::Option::None;
        const MAX_SIZE: ::core::option::Option<::core::primitive::usize> = ::core::option::Option::Some(
            64usize,
        );
        const INDEXES: &'static [::netabase::IndexInfo] = &[];
        fn key(&self) -> ReadingKey {
            ReadingKey {
                station: <u32 as ::core::clone::Clone>::clone(&self.station),
                at: <u64 as ::core::clone::Clone>::clone(&self.at),
            }
        }
        fn encode_key(&self, __out: &mut ::netabase::KeyWriter<'_>) {
            __out
                .nested(|__out| {
                    ::netabase::NetabaseSchemaKey::encode_key(&self.station, __out);
                    ::netabase::NetabaseSchemaKey::encode_key(&self.at, __out);
                });
        }
        fn encode_indexes(&self, __out: &mut ::netabase::IndexWriter<'_>) {}
        fn validate(&self) -> ::core::result::Result<(), ::netabase::Invalid> {
            ::netabase::__private::validate(self, plausible)
        }
        const HAS_MERGE: ::core::primitive::bool = true;
        fn merge(&self, __other: &Self) -> ::core::option::Option<Self> {
            ::core::option::Option::Some(
                ::netabase::__private::merge(self, __other, newest),
            )
        }
        const FIELDS: &'static [::netabase::__private::FieldForm] = __FIELDS;
        const IS_PLAIN: ::core::primitive::bool = ::netabase::__private::all_known(
            __FIELDS,
        );
        fn is_derived() -> ::core::primitive::bool {
            static __DERIVED: ::std::sync::OnceLock<::core::primitive::bool> = ::std::sync::OnceLock::new();
            *__DERIVED
                .get_or_init(|| {
                    <::netabase::__private::Serde<
                        Self,
                    >>::is_derived(
                        ::netabase::__private::SerdeShape::Struct("Reading", 3usize),
                    ) && <::netabase::__private::Probe<u32>>::is_derived()
                        && <::netabase::__private::Probe<u64>>::is_derived()
                        && <::netabase::__private::Probe<f64>>::is_derived()
                })
        }
        fn same(
            &self,
            __other: &Self,
        ) -> ::core::option::Option<::core::primitive::bool> {
            ::netabase::__private::all_equal([
                <::netabase::__private::Comparison<
                    u32,
                >>::equal(&self.station, &__other.station),
                <::netabase::__private::Comparison<u64>>::equal(&self.at, &__other.at),
                <::netabase::__private::Comparison<
                    f64,
                >>::equal(&self.celsius, &__other.celsius),
            ])
        }
    }
    impl ::core::convert::TryFrom<::netabase::__private::Record> for Reading {
        type Error = ::netabase::RecordError;
        fn try_from(
            __record: ::netabase::__private::Record,
        ) -> ::core::result::Result<Self, ::netabase::RecordError> {
            ::netabase::__private::record_to_value(&__record)
        }
    }
    impl ::core::convert::TryFrom<&::netabase::__private::Record> for Reading {
        type Error = ::netabase::RecordError;
        fn try_from(
            __record: &::netabase::__private::Record,
        ) -> ::core::result::Result<Self, ::netabase::RecordError> {
            ::netabase::__private::record_to_value(__record)
        }
    }
    impl ::core::convert::TryFrom<Reading> for ::netabase::__private::Record {
        type Error = ::netabase::RecordError;
        fn try_from(
            __value: Reading,
        ) -> ::core::result::Result<Self, ::netabase::RecordError> {
            ::netabase::__private::value_to_record(&__value)
        }
    }
    impl ::core::convert::TryFrom<&Reading> for ::netabase::__private::Record {
        type Error = ::netabase::RecordError;
        fn try_from(
            __value: &Reading,
        ) -> ::core::result::Result<Self, ::netabase::RecordError> {
            ::netabase::__private::value_to_record(__value)
        }
    }
};
