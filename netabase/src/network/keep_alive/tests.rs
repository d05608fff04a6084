//! Connections are kept while they work, and for a while after.

use std::{
    convert::Infallible,
    future::poll_fn,
    task::{Context, Poll, Waker},
    time::Duration,
};

use libp2p::{
    core::upgrade::DeniedUpgrade,
    swarm::{
        ConnectionHandler, ConnectionHandlerEvent, SubstreamProtocol, handler::ConnectionEvent,
    },
};
use tokio::time::{Instant, advance};

use super::KeepAlive;

const REST: Duration = Duration::from_secs(60);

/// A handler that works as often as it is told to.
struct Works(usize);

impl ConnectionHandler for Works {
    type FromBehaviour = usize;
    type ToBehaviour = ();
    type InboundProtocol = DeniedUpgrade;
    type OutboundProtocol = DeniedUpgrade;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = Infallible;

    fn listen_protocol(&self) -> SubstreamProtocol<DeniedUpgrade> {
        SubstreamProtocol::new(DeniedUpgrade, ())
    }

    fn poll(
        &mut self,
        _: &mut Context<'_>,
    ) -> Poll<ConnectionHandlerEvent<DeniedUpgrade, Infallible, ()>> {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = left;
                Poll::Ready(ConnectionHandlerEvent::NotifyBehaviour(()))
            }
            None => Poll::Pending,
        }
    }

    fn on_behaviour_event(&mut self, times: usize) {
        self.0 += times;
    }

    fn on_connection_event(
        &mut self,
        _: ConnectionEvent<DeniedUpgrade, DeniedUpgrade, (), Infallible>,
    ) {
    }
}

fn poll(handler: &mut KeepAlive<Works>) -> bool {
    handler.poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

#[tokio::test(start_paused = true)]
async fn a_new_connection_is_kept_for_a_while() {
    let handler = KeepAlive::new(Works(0), REST);

    advance(REST / 2).await;
    assert!(handler.connection_keep_alive());
    advance(REST / 2).await;
    assert!(!handler.connection_keep_alive());
}

#[tokio::test(start_paused = true)]
async fn work_keeps_a_connection_for_longer_and_a_look_at_it_does_not() {
    let mut handler = KeepAlive::new(Works(0), REST);
    advance(REST).await;

    assert!(!poll(&mut handler));
    assert!(!handler.connection_keep_alive(), "nothing was to be done");

    handler.on_behaviour_event(1);
    assert!(poll(&mut handler));
    assert!(handler.connection_keep_alive(), "it has just worked");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_nothing_else_wakes_is_woken_when_it_has_rested() {
    let start = Instant::now();
    let mut handler = KeepAlive::new(Works(0), REST);
    advance(REST / 2).await;
    handler.on_behaviour_event(1);
    assert!(poll(&mut handler));

    poll_fn(|context| {
        let polled = handler.poll(context);
        assert!(polled.is_pending(), "there is no work");
        if handler.connection_keep_alive() { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;

    // A timer is precise to a millisecond.
    let rested = start.elapsed();
    assert!(
        (REST * 3 / 2..REST * 3 / 2 + Duration::from_millis(2)).contains(&rested),
        "{rested:?}"
    );
}
