//! Asks one peer for one record. Peers behind gateways answer no walks; their own records they give to whom they meet.
//!
//! A request is the record key, a response the record's value, or nothing. Each has its length before it, in four bytes
//! big-endian: over a relay a stream may end at any byte, as if its sender had closed it.

use std::io;

use libp2p::{
    StreamProtocol,
    futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    request_response::{self, Codec, ProtocolSupport},
};

use super::settings::{ASK_TIMEOUT, MAX_RECORD_BYTES};
use crate::record::MAX_RECORD_KEY_BYTES;

/// Asks peers, and is asked.
pub(super) type Ask = request_response::Behaviour<AskCodec>;

/// The most questions of one connection that are answered at a time.
const MAX_STREAMS: usize = 16;

/// Returns the behaviour for a network.
pub(super) fn behaviour(protocol: StreamProtocol) -> Ask {
    let config = request_response::Config::default()
        .with_request_timeout(ASK_TIMEOUT)
        .with_max_concurrent_streams(MAX_STREAMS);
    Ask::new([(protocol, ProtocolSupport::Full)], config)
}

/// Reads and writes what is asked and answered.
#[derive(Clone, Default)]
pub(super) struct AskCodec;

/// Reads a length, and so many bytes: no more than the most there may be.
async fn read(io: &mut (impl AsyncRead + Unpin + Send), max: usize) -> io::Result<Vec<u8>> {
    let mut len = [0; 4];
    io.read_exact(&mut len).await?;
    let len = usize::try_from(u32::from_be_bytes(len)).map_err(io::Error::other)?;
    if len > max {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("a message of {len} bytes exceeds the limit of {max} bytes"),
        ));
    }
    let mut bytes = vec![0; len];
    io.read_exact(&mut bytes).await?;
    Ok(bytes)
}

async fn write(io: &mut (impl AsyncWrite + Unpin + Send), bytes: &[u8]) -> io::Result<()> {
    let len = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    io.write_all(&len.to_be_bytes()).await?;
    io.write_all(bytes).await
}

impl Codec for AskCodec {
    type Protocol = StreamProtocol;
    type Request = Vec<u8>;
    type Response = Option<Vec<u8>>;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        read(io, MAX_RECORD_KEY_BYTES).await
    }

    async fn read_response<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
    ) -> io::Result<Option<Vec<u8>>>
    where
        T: AsyncRead + Unpin + Send,
    {
        let value = read(io, MAX_RECORD_BYTES).await?;
        Ok((!value.is_empty()).then_some(value))
    }

    async fn write_request<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        key: Vec<u8>,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        write(io, &key).await
    }

    async fn write_response<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        value: Option<Vec<u8>>,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        write(io, &value.unwrap_or_default()).await
    }
}

#[cfg(test)]
mod tests {
    use libp2p::futures::{executor::block_on, io::Cursor};

    use super::*;

    fn response(bytes: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let protocol = StreamProtocol::new("/test");
        block_on(AskCodec.read_response(&protocol, &mut Cursor::new(bytes)))
    }

    #[test]
    fn a_message_has_its_length_before_it() -> io::Result<()> {
        let protocol = StreamProtocol::new("/test");
        let mut bytes = Vec::new();
        block_on(AskCodec.write_request(&protocol, &mut bytes, b"key".to_vec()))?;
        assert_eq!(bytes, b"\0\0\0\x03key");
        assert_eq!(block_on(AskCodec.read_request(&protocol, &mut Cursor::new(&bytes)))?, b"key");

        let mut bytes = Vec::new();
        block_on(AskCodec.write_response(&protocol, &mut bytes, None))?;
        assert_eq!(bytes, [0; 4]);
        assert_eq!(response(&bytes)?, None);
        Ok(())
    }

    #[test]
    fn a_message_that_ends_early_is_no_message() {
        let whole = [&[0, 0, 0, 9][..], b"the value"].concat();
        assert_eq!(response(&whole).ok(), Some(Some(b"the value".to_vec())));
        for len in 0..whole.len() {
            let cut = response(&whole[..len]).map_err(|error| error.kind());
            assert_eq!(cut, Err(io::ErrorKind::UnexpectedEof), "{len}");
        }
    }

    #[test]
    fn a_message_that_claims_to_be_longer_than_any_is_refused_before_it_is_read() {
        let claimed = response(&[0xff; 8]).map_err(|error| error.kind());
        assert_eq!(claimed, Err(io::ErrorKind::InvalidData));
    }
}
