/// The key of [`Booking`].
struct BookingKey(
    /// `seat`
    Seat,
);
/// A view of [`Booking`] that borrows its text and bytes.
#[derive(crate::database::__private::serde::Deserialize)]
#[serde(crate = "crate::database::__private::serde")]
struct BookingRef<'a> {
    /// `seat`
    seat: Seat,
    /// `name`
    #[serde(with = "as_text")]
    name: String,
    /// `note`
    #[serde(borrow)]
    note: &'a ::core::primitive::str,
    /// `price`
    price: Price,
}
#[doc(hidden)]
#[allow(dead_code)]
trait __BookingFieldsWithoutIndex {
    const SEAT: crate::database::__private::Unindexed<Booking> = crate::database::__private::Unindexed::new();
    const NAME: crate::database::__private::Unindexed<Booking> = crate::database::__private::Unindexed::new();
    const NOTE: crate::database::__private::Unindexed<Booking> = crate::database::__private::Unindexed::new();
    const PRICE: crate::database::__private::Unindexed<Booking> = crate::database::__private::Unindexed::new();
}
impl __BookingFieldsWithoutIndex for Booking {}
const _: () = {
    #[allow(unused_imports)]
    use crate::database::__private::{NoComparison as _, NoSerde as _, UnknownForm as _};
    const __FIELDS: &[crate::database::__private::FieldForm] = &[
        crate::database::__private::FieldForm {
            name: "seat",
            type_name: ::core::any::type_name::<Seat>,
            form: <crate::database::__private::Probe<Seat>>::FORM,
            is_key: true,
            is_indexed: false,
        },
        crate::database::__private::FieldForm {
            name: "name",
            type_name: ::core::any::type_name::<String>,
            form: crate::database::__private::Form::Unknown,
            is_key: false,
            is_indexed: false,
        },
        crate::database::__private::FieldForm {
            name: "note",
            type_name: ::core::any::type_name::<String>,
            form: <crate::database::__private::Probe<String>>::FORM,
            is_key: false,
            is_indexed: false,
        },
        crate::database::__private::FieldForm {
            name: "price",
            type_name: ::core::any::type_name::<Price>,
            form: <crate::database::__private::Probe<Price>>::FORM,
            is_key: false,
            is_indexed: false,
        },
    ];
    const _: () = {
        let _ = crate::database::__private::assert_key::<Seat>;
    };
    const _: () = {
        let _ = <String as crate::database::__private::BorrowsAs<
            ::core::primitive::str,
        >>::HOLDS;
    };
    const _: () = {
        let _ = crate::database::__private::assert_thread_safe::<Price>;
    };
    const _: () = {
        let _ = <crate::database::__private::Order<
            {
                crate::database::__private::is_ordered(
                    <crate::database::__private::Probe<Price>>::FORM,
                )
            },
        > as crate::database::__private::Ordered>::HOLDS;
    };
    #[automatically_derived]
    impl ::core::clone::Clone for BookingKey
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
    {
        fn clone(&self) -> Self {
            Self {
                0: <Seat as ::core::clone::Clone>::clone(&self.0),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for BookingKey
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
    {
        fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::fmt::Formatter::debug_tuple(__f, "BookingKey")
                .field(&self.0)
                .finish()
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for BookingKey
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
    {
        fn eq(&self, __other: &Self) -> ::core::primitive::bool {
            <Seat as ::core::cmp::PartialEq<Seat>>::eq(&self.0, &__other.0)
        }
    }
    #[automatically_derived]
    impl ::core::cmp::Eq for BookingKey
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
    {}
    #[automatically_derived]
    impl ::core::cmp::PartialOrd for BookingKey
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
    {
        fn partial_cmp(
            &self,
            __other: &Self,
        ) -> ::core::option::Option<::core::cmp::Ordering> {
            ::core::option::Option::Some(::core::cmp::Ord::cmp(self, __other))
        }
    }
    #[automatically_derived]
    impl ::core::cmp::Ord for BookingKey
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
    {
        fn cmp(&self, __other: &Self) -> ::core::cmp::Ordering {
            <Seat as ::core::cmp::Ord>::cmp(&self.0, &__other.0)
        }
    }
    #[automatically_derived]
    impl ::core::hash::Hash for BookingKey
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
    {
        fn hash<__H: ::core::hash::Hasher>(&self, __state: &mut __H) {
            <Seat as ::core::hash::Hash>::hash(&self.0, __state);
        }
    }
    impl BookingKey {
        /// The key of the [`Booking`] with these values.
        #[must_use]
        fn new(seat: impl ::core::convert::Into<Seat>) -> Self {
            Self {
                0: ::core::convert::Into::into(seat),
            }
        }
    }
    impl ::core::convert::From<Seat> for BookingKey {
        fn from(__key: Seat) -> Self {
            Self(__key)
        }
    }
    impl crate::database::NetabaseSchemaKey for BookingKey
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
    {
        fn encode_key(&self, __out: &mut crate::database::KeyWriter<'_>) {
            __out
                .nested(|__out| {
                    crate::database::NetabaseSchemaKey::encode_key(&self.0, __out);
                });
        }
        fn decode_key(
            __input: &mut crate::database::KeyReader<'_>,
        ) -> ::core::result::Result<Self, crate::database::KeyError> {
            __input
                .nested(|__input| ::core::result::Result::Ok(Self {
                    0: crate::database::NetabaseSchemaKey::decode_key(__input)?,
                }))
        }
    }
    impl crate::database::KeyOf<BookingKey> for BookingKey
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
    {
        fn encode_key_of(&self, __out: &mut crate::database::KeyWriter<'_>) {
            crate::database::NetabaseSchemaKey::encode_key(self, __out);
        }
    }
    impl crate::database::KeyOf<BookingKey> for Seat
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
    {
        fn encode_key_of(&self, __out: &mut crate::database::KeyWriter<'_>) {
            __out
                .nested(|__out| <Self as crate::database::PartOf<
                    Seat,
                >>::encode_part(self, __out));
        }
    }
    impl crate::database::KeyOf<BookingKey> for ::core::primitive::str
    where
        for<'never> ::core::primitive::str: crate::database::PartOf<Seat>,
    {
        fn encode_key_of(&self, __out: &mut crate::database::KeyWriter<'_>) {
            __out
                .nested(|__out| <Self as crate::database::PartOf<
                    Seat,
                >>::encode_part(self, __out));
        }
    }
    impl crate::database::PrefixOf<BookingKey> for ::core::primitive::str
    where
        for<'never> ::core::primitive::str: crate::database::PartPrefixOf<Seat>,
    {
        fn encode_prefix_of(&self, __out: &mut crate::database::KeyWriter<'_>) {
            __out
                .nested(|__out| <Self as crate::database::PartPrefixOf<
                    Seat,
                >>::encode_part_prefix(self, __out));
        }
    }
    impl crate::database::KeyOf<BookingKey> for [::core::primitive::u8]
    where
        for<'never> [::core::primitive::u8]: crate::database::PartOf<Seat>,
    {
        fn encode_key_of(&self, __out: &mut crate::database::KeyWriter<'_>) {
            __out
                .nested(|__out| <Self as crate::database::PartOf<
                    Seat,
                >>::encode_part(self, __out));
        }
    }
    impl crate::database::PrefixOf<BookingKey> for [::core::primitive::u8]
    where
        for<'never> [::core::primitive::u8]: crate::database::PartPrefixOf<Seat>,
    {
        fn encode_prefix_of(&self, __out: &mut crate::database::KeyWriter<'_>) {
            __out
                .nested(|__out| <Self as crate::database::PartPrefixOf<
                    Seat,
                >>::encode_part_prefix(self, __out));
        }
    }
    impl crate::database::NetabaseSchema for Booking
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
        for<'never> Booking: crate::database::__private::ThreadSafe,
    {
        type Key = BookingKey;
        type Ref<'a> = BookingRef<'a>;
        const SCHEMA_NAME: &'static ::core::primitive::str = "booking";
        const SCHEMA_VERSION: ::core::primitive::u32 = 1u32;
        const ACCESS: crate::database::Access = crate::database::Access::Open;
        const TTL: ::core::option::Option<::core::time::Duration> = ::core::option::Option::None;
        const MAX_SIZE: ::core::option::Option<::core::primitive::usize> = ::core::option::Option::None;
        const INDEXES: &'static [crate::database::IndexInfo] = &[];
        fn key(&self) -> BookingKey {
            BookingKey {
                0: <Seat as ::core::clone::Clone>::clone(&self.seat),
            }
        }
        fn encode_key(&self, __out: &mut crate::database::KeyWriter<'_>) {
            __out
                .nested(|__out| {
                    crate::database::NetabaseSchemaKey::encode_key(&self.seat, __out);
                });
        }
        fn encode_indexes(&self, __out: &mut crate::database::IndexWriter<'_>) {}
        const FIELDS: &'static [crate::database::__private::FieldForm] = __FIELDS;
        fn same(
            &self,
            __other: &Self,
        ) -> ::core::option::Option<::core::primitive::bool> {
            crate::database::__private::all_equal([
                <crate::database::__private::Comparison<
                    Seat,
                >>::equal(&self.seat, &__other.seat),
                <crate::database::__private::Comparison<
                    String,
                >>::equal(&self.name, &__other.name),
                <crate::database::__private::Comparison<
                    String,
                >>::equal(&self.note, &__other.note),
                <crate::database::__private::Comparison<
                    Price,
                >>::equal(&self.price, &__other.price),
            ])
        }
        fn check_fields(&self, __check: &mut crate::database::__private::FieldCheck) {
            <crate::database::__private::Serde<
                Seat,
            >>::check(
                __check,
                "seat",
                &self.seat,
                <crate::database::__private::Comparison<Seat>>::equal,
            );
            <crate::database::__private::Serde<
                Price,
            >>::check(
                __check,
                "price",
                &self.price,
                <crate::database::__private::Comparison<Price>>::equal,
            );
        }
    }
    impl crate::database::SharedSchema for Booking
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
        for<'never> Booking: crate::database::__private::ThreadSafe,
    {}
    #[automatically_derived]
    impl<'a> ::core::clone::Clone for BookingRef<'a>
    where
        for<'never> Seat: ::core::clone::Clone,
        for<'never> Price: ::core::clone::Clone,
    {
        fn clone(&self) -> Self {
            Self {
                seat: <Seat as ::core::clone::Clone>::clone(&self.seat),
                name: <String as ::core::clone::Clone>::clone(&self.name),
                note: <&'a ::core::primitive::str as ::core::clone::Clone>::clone(
                    &self.note,
                ),
                price: <Price as ::core::clone::Clone>::clone(&self.price),
            }
        }
    }
    #[automatically_derived]
    impl<'a> ::core::fmt::Debug for BookingRef<'a>
    where
        for<'never> Seat: ::core::fmt::Debug,
        for<'never> Price: ::core::fmt::Debug,
    {
        fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::fmt::Formatter::debug_struct(__f, "BookingRef")
                .field("seat", &self.seat)
                .field("name", &self.name)
                .field("note", &self.note)
                .field("price", &self.price)
                .finish()
        }
    }
    #[automatically_derived]
    impl<'a> ::core::cmp::PartialEq for BookingRef<'a>
    where
        for<'never> Seat: ::core::cmp::PartialEq,
        for<'never> Price: ::core::cmp::PartialEq,
    {
        fn eq(&self, __other: &Self) -> ::core::primitive::bool {
            <Seat as ::core::cmp::PartialEq<Seat>>::eq(&self.seat, &__other.seat)
                && <String as ::core::cmp::PartialEq<
                    String,
                >>::eq(&self.name, &__other.name)
                && <&'a ::core::primitive::str as ::core::cmp::PartialEq<
                    &'a ::core::primitive::str,
                >>::eq(&self.note, &__other.note)
                && <Price as ::core::cmp::PartialEq<
                    Price,
                >>::eq(&self.price, &__other.price)
        }
    }
    #[automatically_derived]
    impl<'a> ::core::cmp::Eq for BookingRef<'a>
    where
        for<'never> Seat: ::core::cmp::Eq,
        for<'never> Price: ::core::cmp::Eq,
    {}
    impl ::core::convert::TryFrom<crate::database::__private::Record> for Booking
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
        for<'never> Booking: crate::database::__private::ThreadSafe,
    {
        type Error = crate::database::RecordError;
        fn try_from(
            __record: crate::database::__private::Record,
        ) -> ::core::result::Result<Self, crate::database::RecordError> {
            crate::database::__private::record_to_value(&__record)
        }
    }
    impl ::core::convert::TryFrom<&crate::database::__private::Record> for Booking
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
        for<'never> Booking: crate::database::__private::ThreadSafe,
    {
        type Error = crate::database::RecordError;
        fn try_from(
            __record: &crate::database::__private::Record,
        ) -> ::core::result::Result<Self, crate::database::RecordError> {
            crate::database::__private::record_to_value(__record)
        }
    }
    impl ::core::convert::TryFrom<Booking> for crate::database::__private::Record
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
        for<'never> Booking: crate::database::__private::ThreadSafe,
    {
        type Error = crate::database::RecordError;
        fn try_from(
            __value: Booking,
        ) -> ::core::result::Result<Self, crate::database::RecordError> {
            crate::database::__private::value_to_record(&__value)
        }
    }
    impl ::core::convert::TryFrom<&Booking> for crate::database::__private::Record
    where
        for<'never> Seat: crate::database::NetabaseSchemaKey,
        for<'never> Booking: crate::database::__private::ThreadSafe,
    {
        type Error = crate::database::RecordError;
        fn try_from(
            __value: &Booking,
        ) -> ::core::result::Result<Self, crate::database::RecordError> {
            crate::database::__private::value_to_record(__value)
        }
    }
};
