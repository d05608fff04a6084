//! Applies the faults of a link to one end of a connection.
//!
//! Everything happens where bytes are read: each end times what comes in and holds it back. A write
//! goes through at once, into the memory transport, whose channel is the sender's buffer.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use libp2p::{
    PeerId,
    core::transport::memory::Channel,
    futures::{AsyncRead, AsyncWrite},
};
use tokio::time::{Instant, Sleep, sleep_until};

use super::{
    faults::Faults,
    simulation::{Gate, Side},
};

/// The most bytes under way to one end of a connection.
const MAX_BYTES_UNDER_WAY: usize = 1 << 20;

/// The most pieces they are in: yamux reads its headers of 12 bytes one by one.
const MAX_PIECES_UNDER_WAY: usize = 1 << 14;

/// The reason why a connection could not be made, or ended.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("the connection was refused by a fault of the test")]
    Refused,
    #[error("the connection was killed by a fault of the test")]
    Killed,
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        let kind = match fault {
            Fault::Refused => io::ErrorKind::ConnectionRefused,
            Fault::Killed => io::ErrorKind::ConnectionReset,
        };
        Self::new(kind, fault)
    }
}

impl Gate {
    /// Returns whether bytes pass, or why there is no connection.
    fn is_open(self) -> Result<bool, Fault> {
        match self {
            Self::Open => Ok(true),
            Self::Stalled => Ok(false),
            Self::Refused => Err(Fault::Refused),
            Self::Killed => Err(Fault::Killed),
        }
    }
}

/// An end registered in the simulation, removed when dropped.
pub(super) struct End {
    faults: Faults,
    key: usize,
}

impl Drop for End {
    fn drop(&mut self) {
        drop(self.faults.with(|simulation| simulation.close(self.key)));
    }
}

impl End {
    pub(super) fn new(faults: &Faults, local: PeerId, remote: Option<PeerId>) -> Self {
        let key = faults.with(|simulation| simulation.open(local, remote));
        Self { faults: faults.clone(), key }
    }

    /// Waits until the link is there, or the connection is refused.
    pub(super) fn poll_open(&self, cx: &Context<'_>) -> Poll<io::Result<()>> {
        self.poll_pass(cx, 0)
    }

    /// Notes the remote, once the handshake has shown it.
    pub(super) fn identify(&self, remote: PeerId) -> io::Result<()> {
        self.faults.with(|simulation| simulation.identify(self.key, remote)).is_open()?;
        Ok(())
    }

    /// Fails if the connection was refused or killed.
    pub(super) fn check(&self) -> io::Result<()> {
        self.faults.with(|simulation| simulation.look(self.key)).is_open()?;
        Ok(())
    }

    /// Waits until `bytes` may be handed to the reader, and counts them then.
    fn poll_pass(&self, cx: &Context<'_>, bytes: usize) -> Poll<io::Result<()>> {
        self.faults.with(|simulation| {
            if !simulation.ask(self.key, Side::Reader, cx.waker()).is_open()? {
                return Poll::Pending;
            }
            simulation.count(self.key, bytes);
            Poll::Ready(Ok(()))
        })
    }

    /// Returns whether the writer hears what the other end does.
    fn is_heard(&self, cx: &Context<'_>) -> Result<bool, Fault> {
        self.faults.with(|simulation| simulation.ask(self.key, Side::Writer, cx.waker())).is_open()
    }

    fn send(&self, bytes: usize) -> Instant {
        self.faults.with(|simulation| simulation.send(self.key, bytes, Instant::now()))
    }
}

/// Bytes on their way to the reader. No bytes: the end of the stream.
struct Piece {
    due: Instant,
    bytes: Vec<u8>,
    taken: usize,
}

pub(super) struct FaultyStream {
    end: Arc<End>,
    inner: Channel<Vec<u8>>,
    under_way: VecDeque<Piece>,
    bytes_under_way: usize,
    ended: bool,
    timer: Option<Pin<Box<Sleep>>>,
}

impl FaultyStream {
    pub(super) fn new(end: Arc<End>, inner: Channel<Vec<u8>>) -> Self {
        Self {
            end,
            inner,
            under_way: VecDeque::new(),
            bytes_under_way: 0,
            ended: false,
            timer: None,
        }
    }

    /// Times all that has come in. What `scratch` holds afterwards means nothing.
    fn take_in(&mut self, cx: &mut Context<'_>, scratch: &mut [u8]) -> io::Result<()> {
        while !self.ended
            && self.bytes_under_way < MAX_BYTES_UNDER_WAY
            && self.under_way.len() < MAX_PIECES_UNDER_WAY
        {
            let Poll::Ready(read) = Pin::new(&mut self.inner).poll_read(cx, scratch) else { break };
            let bytes = scratch[..read?].to_vec();
            self.ended = bytes.is_empty();
            self.bytes_under_way += bytes.len();
            self.under_way.push_back(Piece { due: self.end.send(bytes.len()), bytes, taken: 0 });
        }
        Ok(())
    }

    fn poll_due(&mut self, due: Instant, cx: &mut Context<'_>) -> Poll<()> {
        if due <= Instant::now() {
            return Poll::Ready(());
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if timer.deadline() != due {
            timer.as_mut().reset(due);
        }
        timer.as_mut().poll(cx)
    }

    /// Moves the first bytes under way into `buffer`, which they fit.
    fn hand_over(&mut self, buffer: &mut [u8]) {
        let Some(piece) = self.under_way.front_mut() else { return };
        let end = piece.taken + buffer.len();
        buffer.copy_from_slice(&piece.bytes[piece.taken..end]);
        piece.taken = end;
        self.bytes_under_way -= buffer.len();
        // The end of the stream stays, for whoever reads again.
        if piece.taken == piece.bytes.len() && !piece.bytes.is_empty() {
            self.under_way.pop_front();
        }
    }
}

impl AsyncRead for FaultyStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if buffer.is_empty() {
            return Poll::Ready(Ok(0));
        }
        // What comes while the link is stalled has not set out yet.
        ready!(self.end.poll_open(cx))?;
        self.take_in(cx, buffer)?;
        let Some(piece) = self.under_way.front() else { return Poll::Pending };
        let (due, len) = (piece.due, buffer.len().min(piece.bytes.len() - piece.taken));
        ready!(self.poll_due(due, cx));
        // Asked again with the bytes in hand: none pass after a call of `stall` has returned.
        ready!(self.end.poll_pass(cx, len))?;
        self.hand_over(&mut buffer[..len]);
        Poll::Ready(Ok(len))
    }
}

impl AsyncWrite for FaultyStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let heard = self.end.is_heard(cx)?;
        match ready!(Pin::new(&mut self.inner).poll_write(cx, bytes)) {
            // The other end is gone, but that news cannot have come through: we write on, for
            // nothing, and read the end of the stream when the link is healed.
            Err(_) if !heard => Poll::Ready(Ok(bytes.len())),
            written => Poll::Ready(written),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.end.is_heard(cx)?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_close(cx)
    }
}
