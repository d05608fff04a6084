const _: () = {
    #[allow(deprecated)]
    impl ::netabase::NetabaseSchemaKey for Place {
        fn encode_key(&self, __out: &mut ::netabase::KeyWriter<'_>) {
            __out
                .nested(|__out| {
                    match self {
                        Self::Airport { 0: __part0 } => {
                            __out.raw(&[0u8]);
                            <String as ::netabase::NetabaseSchemaKey>::encode_key(
                                __part0,
                                __out,
                            );
                        }
                        Self::Coordinates { latitude: __part0, longitude: __part1 } => {
                            __out.raw(&[1u8]);
                            <i32 as ::netabase::NetabaseSchemaKey>::encode_key(
                                __part0,
                                __out,
                            );
                            <i32 as ::netabase::NetabaseSchemaKey>::encode_key(
                                __part1,
                                __out,
                            );
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
                                0: <String as ::netabase::NetabaseSchemaKey>::decode_key(
                                    __input,
                                )?,
                            })
                        }
                        1 => {
                            ::core::result::Result::Ok(Self::Coordinates {
                                latitude: <i32 as ::netabase::NetabaseSchemaKey>::decode_key(
                                    __input,
                                )?,
                                longitude: <i32 as ::netabase::NetabaseSchemaKey>::decode_key(
                                    __input,
                                )?,
                            })
                        }
                        _ => ::core::result::Result::Ok(Self::Nowhere {}),
                    }
                })
        }
    }
};
