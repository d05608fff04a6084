::netabase::__private::stub_key! {
    KeylessKey
}
/// A view of [`Keyless`] that borrows its text and bytes.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::core::cmp::Eq,
)]
struct KeylessRef<'a> {
    /// `name`
    name: &'a ::core::primitive::str,
}
#[doc(hidden)]
#[allow(dead_code)]
trait __KeylessFieldsWithoutIndex {
    const NAME: ::netabase::__private::Unindexed<Keyless> = ::netabase::__private::Unindexed::new();
}
impl __KeylessFieldsWithoutIndex for Keyless {}
const _: () = {
    #[allow(unused_imports)]
    use ::netabase::__private::{NoComparison as _, NoSerde as _, UnknownForm as _};
    const __FIELDS: &[::netabase::__private::FieldForm] = &[
        ::netabase::__private::FieldForm {
            name: "name",
            type_name: ::core::any::type_name::<String>,
            form: <::netabase::__private::Probe<String>>::FORM,
            is_key: false,
            is_indexed: false,
        },
    ];
    const _: () = {
        let _ = <String as ::netabase::__private::BorrowsAs<
            ::core::primitive::str,
        >>::HOLDS;
    };
    impl ::netabase::NetabaseSchema for Keyless {
        type Key = KeylessKey;
        type Ref<'a> = KeylessRef<'a>;
        const SCHEMA_NAME: &'static ::core::primitive::str = "keyless";
        const SCHEMA_VERSION: ::core::primitive::u32 = 1u32;
        const ACCESS: ::netabase::Access = ::netabase::Access::Local;
        const TTL: ::core::option::Option<::core::time::Duration> = ::core::option::Option::None;
        const MAX_SIZE: ::core::option::Option<::core::primitive::usize> = ::core::option::Option::None;
        const INDEXES: &'static [::netabase::IndexInfo] = &[];
        fn key(&self) -> KeylessKey {
            KeylessKey {}
        }
        fn encode_key(&self, __out: &mut ::netabase::KeyWriter<'_>) {
            __out.nested(|__out| {});
        }
        fn encode_indexes(&self, __out: &mut ::netabase::IndexWriter<'_>) {}
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
                        ::netabase::__private::SerdeShape::Struct("Keyless", 1usize),
                    ) && <::netabase::__private::Probe<String>>::is_derived()
                })
        }
        fn same(
            &self,
            __other: &Self,
        ) -> ::core::option::Option<::core::primitive::bool> {
            ::netabase::__private::all_equal([
                <::netabase::__private::Comparison<
                    String,
                >>::equal(&self.name, &__other.name),
            ])
        }
    }
    impl<'de: 'a, 'a> ::netabase::__private::serde::Deserialize<'de> for KeylessRef<'a> {
        fn deserialize<__D: ::netabase::__private::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            let (__field0,): (&'a ::core::primitive::str,) = ::netabase::__private::serde::Deserialize::deserialize(
                __deserializer,
            )?;
            ::core::result::Result::Ok(Self { name: __field0 })
        }
    }
    impl ::core::convert::TryFrom<::netabase::__private::Record> for Keyless {
        type Error = ::netabase::RecordError;
        fn try_from(
            __record: ::netabase::__private::Record,
        ) -> ::core::result::Result<Self, ::netabase::RecordError> {
            ::netabase::__private::record_to_value(&__record)
        }
    }
    impl ::core::convert::TryFrom<&::netabase::__private::Record> for Keyless {
        type Error = ::netabase::RecordError;
        fn try_from(
            __record: &::netabase::__private::Record,
        ) -> ::core::result::Result<Self, ::netabase::RecordError> {
            ::netabase::__private::record_to_value(__record)
        }
    }
    impl ::core::convert::TryFrom<Keyless> for ::netabase::__private::Record {
        type Error = ::netabase::RecordError;
        fn try_from(
            __value: Keyless,
        ) -> ::core::result::Result<Self, ::netabase::RecordError> {
            ::netabase::__private::value_to_record(&__value)
        }
    }
    impl ::core::convert::TryFrom<&Keyless> for ::netabase::__private::Record {
        type Error = ::netabase::RecordError;
        fn try_from(
            __value: &Keyless,
        ) -> ::core::result::Result<Self, ::netabase::RecordError> {
            ::netabase::__private::value_to_record(__value)
        }
    }
};
::core::compile_error! {
    "`Keyless` has no key\nhelp: mark a field `#[netabase(key)]`"
}
