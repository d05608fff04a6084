use std::net::Ipv4Addr;

use netabase::libp2p::{Multiaddr, multiaddr::Protocol};

use super::{
    contact::{Contact, parse},
    error::TwoNodesError,
};

/// What the command line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments {
    /// Where to listen: on loopback, on a free port, if nothing else is said.
    pub listen: Multiaddr,
    /// The first node, if this is the second.
    pub contact: Option<Contact>,
}

impl Arguments {
    /// Reads `[--listen <address>] [<address of the first node>]`.
    ///
    /// # Errors
    ///
    /// [`TwoNodesError`] with what is wrong with an argument.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, TwoNodesError> {
        let mut listen = Multiaddr::from(Ipv4Addr::LOCALHOST).with(Protocol::Tcp(0));
        let mut contact = None;
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            if argument == "--listen" {
                listen = parse(&arguments.next().ok_or(TwoNodesError::NoListenAddress)?)?;
            } else if contact.is_none() {
                contact = Some(argument.parse()?);
            } else {
                return Err(TwoNodesError::TooMany { argument });
            }
        }
        Ok(Self { listen, contact })
    }
}
