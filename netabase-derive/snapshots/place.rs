const _: () = {
    impl ::netabase::NetabaseSchemaKey for Place {
        fn encode_key(&self, __out: &mut ::netabase::KeyWriter<'_>) {
            __out
                .nested(|__out| {
                    match self {
                        Self::Airport { 0: __part0 } => {
                            __out.raw(&[0u8]);
                            (::netabase::__private::part::<String>()
                                .encode)(__part0, __out);
                        }
                        Self::Coordinates { latitude: __part0, longitude: __part1 } => {
                            __out.raw(&[1u8]);
                            (::netabase::__private::part::<i32>()
                                .encode)(__part0, __out);
                            (::netabase::__private::part::<i32>()
                                .encode)(__part1, __out);
                        }
                        Self::Nowhere {} => {
                            __out.raw(&[2u8]);
                        }
                    }
                });
        }
        fn decode_key(
            __input: &mut ::netabase::KeyReader<'_>,
        ) -> ::core::result::Result<Self, ::netabase::KeyError> {
            __input
                .nested(|__input| {
                    match __input.ordinal(3usize)? {
                        0 => {
                            ::core::result::Result::Ok(Self::Airport {
                                0: (::netabase::__private::part::<String>()
                                    .decode)(__input)?,
                            })
                        }
                        1 => {
                            ::core::result::Result::Ok(Self::Coordinates {
                                latitude: (::netabase::__private::part::<i32>()
                                    .decode)(__input)?,
                                longitude: (::netabase::__private::part::<i32>()
                                    .decode)(__input)?,
                            })
                        }
                        _ => ::core::result::Result::Ok(Self::Nowhere {}),
                    }
                })
        }
    }
    #[allow(unused_imports)]
    use ::netabase::__private::{NoSerde as _, UnknownForm as _};
    impl ::netabase::__private::KnownForm for Place
    where
        for<'never> Place: ::netabase::__private::serde::de::DeserializeOwned,
    {
        const FORM: ::netabase::__private::Form = ::netabase::__private::Form::Known
            .and(<::netabase::__private::Probe<String>>::FORM)
            .and(<::netabase::__private::Probe<i32>>::FORM)
            .and(<::netabase::__private::Probe<i32>>::FORM);
        fn is_derived() -> ::core::primitive::bool {
            <::netabase::__private::Serde<
                Self,
            >>::is_derived(::netabase::__private::SerdeShape::Enum("Place", 3usize))
                && <::netabase::__private::Probe<String>>::is_derived()
                && <::netabase::__private::Probe<i32>>::is_derived()
                && <::netabase::__private::Probe<i32>>::is_derived()
        }
    }
};
