//! Keeps idle connections for a while, with one timer each.

#[cfg(test)]
mod tests;

use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use libp2p::swarm::{
    ConnectionHandler, ConnectionHandlerEvent, SubstreamProtocol, handler::ConnectionEvent,
};
use tokio::time::{Instant, Sleep, sleep};

/// Wraps a handler, and keeps its connection for a while after its last work.
///
/// A swarm can do so itself, with a timer that it sets whenever a connection falls idle, and drops at the next
/// request: system calls for each request, at both of its ends. Here the time of the last work is noted, and one
/// timer looks at it once in a while. The swarm's own timeout has to be zero.
pub(super) struct KeepAlive<H> {
    handler: H,
    rest: Duration,
    worked_at: Instant,
    /// Ends when the connection may have been idle for long enough: a sleeping connection has to be woken to be closed.
    timer: Pin<Box<Sleep>>,
    /// The waker that the timer has.
    woken: Option<Waker>,
}

impl<H> KeepAlive<H> {
    pub(super) fn new(handler: H, rest: Duration) -> Self {
        Self { handler, rest, worked_at: Instant::now(), timer: Box::pin(sleep(rest)), woken: None }
    }

    /// Returns whether its last work is not long ago.
    fn is_kept(&self) -> bool {
        self.worked_at.elapsed() < self.rest
    }

    /// Polls the timer only if needed: handlers are polled far more often than it ends.
    fn poll_timer(&mut self, context: &mut Context<'_>) {
        let is_told = self.woken.as_ref().is_some_and(|woken| woken.will_wake(context.waker()));
        if is_told && !self.timer.is_elapsed() {
            return;
        }
        self.woken = Some(context.waker().clone());
        while self.timer.as_mut().poll(context).is_ready() && self.is_kept() {
            self.timer.as_mut().reset(self.worked_at + self.rest);
        }
    }
}

impl<H: ConnectionHandler> ConnectionHandler for KeepAlive<H> {
    type FromBehaviour = H::FromBehaviour;
    type ToBehaviour = H::ToBehaviour;
    type InboundProtocol = H::InboundProtocol;
    type OutboundProtocol = H::OutboundProtocol;
    type InboundOpenInfo = H::InboundOpenInfo;
    type OutboundOpenInfo = H::OutboundOpenInfo;

    fn listen_protocol(&self) -> SubstreamProtocol<Self::InboundProtocol, Self::InboundOpenInfo> {
        self.handler.listen_protocol()
    }

    fn connection_keep_alive(&self) -> bool {
        self.handler.connection_keep_alive() || self.is_kept()
    }

    fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<
        ConnectionHandlerEvent<Self::OutboundProtocol, Self::OutboundOpenInfo, Self::ToBehaviour>,
    > {
        let polled = self.handler.poll(context);
        // Whatever comes in or goes out, it says so, and is polled again at once.
        if polled.is_ready() {
            self.worked_at = Instant::now();
        } else {
            self.poll_timer(context);
        }
        polled
    }

    fn poll_close(&mut self, context: &mut Context<'_>) -> Poll<Option<Self::ToBehaviour>> {
        self.handler.poll_close(context)
    }

    fn on_behaviour_event(&mut self, event: Self::FromBehaviour) {
        self.handler.on_behaviour_event(event);
    }

    fn on_connection_event(
        &mut self,
        event: ConnectionEvent<
            Self::InboundProtocol,
            Self::OutboundProtocol,
            Self::InboundOpenInfo,
            Self::OutboundOpenInfo,
        >,
    ) {
        self.handler.on_connection_event(event);
    }
}
