//! Key bytes that sort as what they stand for.

/// Of a user.
pub(crate) fn user_key(id: u64) -> [u8; 8] {
    id.to_be_bytes()
}

/// Of a user in a group: all of a group lie side by side.
pub(crate) fn group_key(group: u32, id: u64) -> [u8; 12] {
    let mut key = [0; 12];
    key[..4].copy_from_slice(&group.to_be_bytes());
    key[4..].copy_from_slice(&user_key(id));
    key
}

/// The user in a [`group_key`].
pub(crate) fn member(group_key: &[u8]) -> &[u8] {
    &group_key[4..]
}
