use std::{
    convert::Infallible,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use libp2p::{
    core::upgrade::DeniedUpgrade,
    swarm::{
        ConnectionHandler, ConnectionHandlerEvent, SubstreamProtocol, handler::ConnectionEvent,
    },
};

use super::Lasting;

const REST: Duration = Duration::from_secs(60);

/// Works as often as it is to.
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

fn poll(handler: &mut Lasting<Works>) -> bool {
    handler.poll(&mut Context::from_waker(std::task::Waker::noop())).is_ready()
}

#[test]
fn a_new_connection_is_kept_for_a_while() {
    let handler = Lasting::new(Works(0), REST);

    assert!(handler.connection_keep_alive());
    assert!(handler.is_kept_at(handler.worked_at + REST / 2));
    assert!(!handler.is_kept_at(handler.worked_at + REST));
}

#[test]
fn work_keeps_a_connection_for_longer_and_a_look_at_it_does_not() {
    let mut handler = Lasting::new(Works(0), REST);
    let end = handler.worked_at + REST;
    while Instant::now() == handler.worked_at {}

    assert!(!poll(&mut handler));
    assert!(!handler.is_kept_at(end), "nothing was to be done");

    handler.on_behaviour_event(1);
    assert!(poll(&mut handler));
    assert!(handler.is_kept_at(end), "it has worked since");
}
