use indicatif::ProgressBar;
use netabase::{
    Netabase, PublishReport,
    libp2p::{Multiaddr, PeerId},
};

use super::{OWN_CODE, contact::Contact, error::TwoNodesError, node};
use crate::airports::{Airport, bundled_csv, by_codes};

/// The node that comes second, and asks.
#[derive(Debug)]
pub struct Second {
    node: Netabase,
    owner: PeerId,
}

impl Second {
    /// Starts a node that knows nothing but where the first is, and waits until they have met.
    ///
    /// # Errors
    ///
    /// [`TwoNodesError::Start`]; [`TwoNodesError::NobodyThere`] after ten seconds.
    pub async fn join(contact: &Contact, listen: &Multiaddr) -> Result<Self, TwoNodesError> {
        let address = contact.address.clone();
        let node = node(listen).bootstrap([address.clone()]).start().await?;
        if let Err(source) = node.bootstrapped().await {
            node.shutdown().await;
            return Err(TwoNodesError::NobodyThere { address, source: Box::new(source) });
        }
        Ok(Self { node, owner: contact.peer })
    }

    /// Who it is.
    #[must_use]
    pub fn peer_id(&self) -> PeerId {
        self.node.peer_id()
    }

    /// Asks the network for an airport that the first node owns.
    ///
    /// # Errors
    ///
    /// [`TwoNodesError::Network`] if nobody answered.
    pub async fn fetch(&self, code: &str) -> Result<Option<Airport>, TwoNodesError> {
        Ok(self.node.network::<Airport>()?.of(self.owner).get(code).await?)
    }

    /// Publishes an airport of its own, and gives it.
    ///
    /// # Errors
    ///
    /// [`TwoNodesError::Load`]; [`TwoNodesError::Network`] if nobody took it.
    pub async fn publish(&self) -> Result<Vec<(Airport, PublishReport)>, TwoNodesError> {
        let mut published = Vec::new();
        for airport in by_codes(&bundled_csv(), &[OWN_CODE], &ProgressBar::hidden())? {
            let report = self.node.publish(&airport).await?;
            published.push((airport, report));
        }
        Ok(published)
    }

    /// Ends it.
    pub async fn shutdown(self) {
        self.node.shutdown().await;
    }
}
