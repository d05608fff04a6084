/// The key of [`Airport`].
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::core::cmp::Eq,
    ::core::cmp::PartialOrd,
    ::core::cmp::Ord,
    ::core::hash::Hash,
)]
pub struct AirportKey(
    /// `icao`
    pub String,
);
/// A view of [`Airport`] that borrows its text and bytes.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::core::cmp::Eq,
)]
pub struct AirportRef<'a> {
    /// The four letters.
    pub icao: &'a ::core::primitive::str,
    /// `iata`
    pub iata: Option<&'a ::core::primitive::str>,
    /// `elevation_ft`
    pub elevation_ft: i32,
    /// `photo`
    photo: &'a [::core::primitive::u8],
}
#[doc(hidden)]
#[allow(dead_code)]
pub trait __AirportFieldsWithoutIndex {
    const ICAO: ::netabase::__private::Unindexed<Airport> = ::netabase::__private::Unindexed::new();
    const PHOTO: ::netabase::__private::Unindexed<Airport> = ::netabase::__private::Unindexed::new();
}
impl __AirportFieldsWithoutIndex for Airport {}
const _: () = {
    #[allow(unused_imports)]
    use ::netabase::__private::{NoComparison as _, NoSerde as _, UnknownForm as _};
    const __FIELDS: &[::netabase::__private::FieldForm] = &[
        ::netabase::__private::FieldForm {
            name: "icao",
            type_name: ::core::any::type_name::<String>,
            form: <::netabase::__private::Probe<String>>::FORM,
            is_key: true,
            is_indexed: false,
        },
        ::netabase::__private::FieldForm {
            name: "iata",
            type_name: ::core::any::type_name::<Option<String>>,
            form: <::netabase::__private::Probe<Option<String>>>::FORM,
            is_key: false,
            is_indexed: true,
        },
        ::netabase::__private::FieldForm {
            name: "elevation_ft",
            type_name: ::core::any::type_name::<i32>,
            form: <::netabase::__private::Probe<i32>>::FORM,
            is_key: false,
            is_indexed: true,
        },
        ::netabase::__private::FieldForm {
            name: "photo",
            type_name: ::core::any::type_name::<Vec<u8>>,
            form: <::netabase::__private::Probe<Vec<u8>>>::FORM,
            is_key: false,
            is_indexed: false,
        },
    ];
    const _: () = {
        let _ = <String as ::netabase::__private::BorrowsAs<
            ::core::primitive::str,
        >>::HOLDS;
    };
    const _: () = {
        let _ = <String as ::netabase::__private::BorrowsAs<
            ::core::primitive::str,
        >>::HOLDS;
    };
    const _: () = {
        let _ = <Vec<
            u8,
        > as ::netabase::__private::BorrowsAs<[::core::primitive::u8]>>::HOLDS;
    };
    impl AirportKey {
        /// The key of the [`Airport`] with these values.
        #[must_use]
        pub fn new(icao: impl ::core::convert::Into<String>) -> Self {
            Self {
                0: ::core::convert::Into::into(icao),
            }
        }
    }
    impl ::core::convert::From<String> for AirportKey {
        fn from(__key: String) -> Self {
            Self(__key)
        }
    }
    impl ::core::convert::From<&::core::primitive::str> for AirportKey {
        fn from(__key: &::core::primitive::str) -> Self {
            Self(::core::convert::From::from(__key))
        }
    }
    impl ::netabase::NetabaseSchemaKey for AirportKey {
        fn encode_key(&self, __out: &mut ::netabase::KeyWriter<'_>) {
            __out
                .nested(|__out| {
                    ::netabase::NetabaseSchemaKey::encode_key(&self.0, __out);
                });
        }
        fn decode_key(
            __input: &mut ::netabase::KeyReader<'_>,
        ) -> ::core::result::Result<Self, ::netabase::KeyError> {
            __input
                .nested(|__input| ::core::result::Result::Ok(Self {
                    0: ::netabase::NetabaseSchemaKey::decode_key(__input)?,
                }))
        }
    }
    impl ::netabase::KeyOf<AirportKey> for AirportKey {
        fn encode_key_of(&self, __out: &mut ::netabase::KeyWriter<'_>) {
            ::netabase::NetabaseSchemaKey::encode_key(self, __out);
        }
    }
    impl ::netabase::KeyOf<AirportKey> for String {
        fn encode_key_of(&self, __out: &mut ::netabase::KeyWriter<'_>) {
            __out
                .nested(|__out| <Self as ::netabase::PartOf<
                    String,
                >>::encode_part(self, __out));
        }
    }
    impl ::netabase::KeyOf<AirportKey> for ::core::primitive::str {
        fn encode_key_of(&self, __out: &mut ::netabase::KeyWriter<'_>) {
            __out
                .nested(|__out| <Self as ::netabase::PartOf<
                    String,
                >>::encode_part(self, __out));
        }
    }
    impl ::netabase::PrefixOf<AirportKey> for ::core::primitive::str {
        fn encode_prefix_of(&self, __out: &mut ::netabase::KeyWriter<'_>) {
            __out
                .nested(|__out| <Self as ::netabase::PartPrefixOf<
                    String,
                >>::encode_part_prefix(self, __out));
        }
    }
    impl ::netabase::PrefixOf<AirportKey> for String {
        fn encode_prefix_of(&self, __out: &mut ::netabase::KeyWriter<'_>) {
            __out
                .nested(|__out| <Self as ::netabase::PartPrefixOf<
                    String,
                >>::encode_part_prefix(self, __out));
        }
    }
    impl ::netabase::NetabaseSchema for Airport {
        type Key = AirportKey;
        type Ref<'a> = AirportRef<'a>;
        const SCHEMA_NAME: &'static ::core::primitive::str = "airport";
        const SCHEMA_VERSION: ::core::primitive::u32 = 2u32;
        const ACCESS: ::netabase::Access = ::netabase::Access::Owned;
        const TTL: ::core::option::Option<::core::time::Duration> = ::core::option::Option::Some(
            ::core::time::Duration::from_secs(172800u64),
        );
        const MAX_SIZE: ::core::option::Option<::core::primitive::usize> = ::core::option::Option::None;
        const INDEXES: &'static [::netabase::IndexInfo] = &[
            ::netabase::IndexInfo::new::<String>("iata", true),
            ::netabase::IndexInfo::new::<i32>("elevation_ft", false),
        ];
        fn key(&self) -> AirportKey {
            AirportKey {
                0: <String as ::core::clone::Clone>::clone(&self.icao),
            }
        }
        fn encode_key(&self, __out: &mut ::netabase::KeyWriter<'_>) {
            __out
                .nested(|__out| {
                    ::netabase::NetabaseSchemaKey::encode_key(&self.icao, __out);
                });
        }
        fn encode_indexes(&self, __out: &mut ::netabase::IndexWriter<'_>) {
            if let ::core::option::Option::Some(__field0) = &self.iata {
                __out.entry(0usize, __field0);
            }
            __out.entry(1usize, &self.elevation_ft);
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
                        ::netabase::__private::SerdeShape::Struct("Airport", 4usize),
                    ) && <::netabase::__private::Probe<String>>::is_derived()
                        && <::netabase::__private::Probe<Option<String>>>::is_derived()
                        && <::netabase::__private::Probe<i32>>::is_derived()
                        && <::netabase::__private::Probe<Vec<u8>>>::is_derived()
                })
        }
        fn same(
            &self,
            __other: &Self,
        ) -> ::core::option::Option<::core::primitive::bool> {
            ::netabase::__private::all_equal([
                <::netabase::__private::Comparison<
                    String,
                >>::equal(&self.icao, &__other.icao),
                <::netabase::__private::Comparison<
                    Option<String>,
                >>::equal(&self.iata, &__other.iata),
                <::netabase::__private::Comparison<
                    i32,
                >>::equal(&self.elevation_ft, &__other.elevation_ft),
                <::netabase::__private::Comparison<
                    Vec<u8>,
                >>::equal(&self.photo, &__other.photo),
            ])
        }
    }
    impl ::netabase::SharedSchema for Airport {}
    #[allow(dead_code)]
    impl Airport {
        /// The unique index on `iata`.
        pub const IATA: ::netabase::Index<Airport, String> = ::netabase::Index::new(
            0usize,
        );
        /// The index on `elevation_ft`.
        pub const ELEVATION_FT: ::netabase::Index<Airport, i32> = ::netabase::Index::new(
            1usize,
        );
    }
    impl<'de: 'a, 'a> ::netabase::__private::serde::Deserialize<'de> for AirportRef<'a> {
        fn deserialize<__D: ::netabase::__private::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            let (
                __field0,
                __field1,
                __field2,
                __field3,
            ): (
                &'a ::core::primitive::str,
                Option<&'a ::core::primitive::str>,
                i32,
                &'a [::core::primitive::u8],
            ) = ::netabase::__private::serde::Deserialize::deserialize(__deserializer)?;
            ::core::result::Result::Ok(Self {
                icao: __field0,
                iata: __field1,
                elevation_ft: __field2,
                photo: __field3,
            })
        }
    }
    impl ::core::convert::TryFrom<::netabase::__private::Record> for Airport {
        type Error = ::netabase::RecordError;
        fn try_from(
            __record: ::netabase::__private::Record,
        ) -> ::core::result::Result<Self, ::netabase::RecordError> {
            ::netabase::__private::record_to_value(&__record)
        }
    }
    impl ::core::convert::TryFrom<&::netabase::__private::Record> for Airport {
        type Error = ::netabase::RecordError;
        fn try_from(
            __record: &::netabase::__private::Record,
        ) -> ::core::result::Result<Self, ::netabase::RecordError> {
            ::netabase::__private::record_to_value(__record)
        }
    }
    #[doc(hidden)]
    impl ::core::convert::From<Airport> for ::netabase::__private::Record
    where
        for<'never> Airport: ::netabase::__private::OwnerIsKnown<'never>,
    {
        fn from(__value: Airport) -> Self {
            ::netabase::__private::OwnerIsKnown::never(&__value)
        }
    }
    #[doc(hidden)]
    impl ::core::convert::From<&Airport> for ::netabase::__private::Record
    where
        for<'never> Airport: ::netabase::__private::OwnerIsKnown<'never>,
    {
        fn from(__value: &Airport) -> Self {
            ::netabase::__private::OwnerIsKnown::never(__value)
        }
    }
};
