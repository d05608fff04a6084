#[doc(hidden)]
#[allow(dead_code)]
type KeylessKey = ::netabase::__private::StubKey;
#[doc(hidden)]
#[allow(dead_code)]
type KeylessRef<'a> = ::netabase::__private::StubRef<'a>;
const _: () = {
    impl ::netabase::NetabaseSchema for Keyless
    where
        for<'never> Self: ::netabase::__private::StubSchema,
    {
        type Key = ::netabase::__private::StubKey;
        type Ref<'stub> = ::netabase::__private::StubRef<'stub>;
        const SCHEMA_NAME: &'static ::core::primitive::str = "stub";
        const SCHEMA_VERSION: ::core::primitive::u32 = 1;
        const ACCESS: ::netabase::Access = ::netabase::Access::Local;
        const TTL: ::core::option::Option<::core::time::Duration> = ::core::option::Option::None;
        const MAX_SIZE: ::core::option::Option<::core::primitive::usize> = ::core::option::Option::None;
        const INDEXES: &'static [::netabase::IndexInfo] = &[];
        fn key(&self) -> Self::Key {
            ::netabase::__private::StubKey
        }
        fn encode_key(&self, _: &mut ::netabase::KeyWriter<'_>) {}
        fn encode_indexes(&self, _: &mut ::netabase::IndexWriter<'_>) {}
    }
};
::core::compile_error! {
    "`Keyless` has no key\nhelp: mark a field `#[netabase(key)]`"
}
