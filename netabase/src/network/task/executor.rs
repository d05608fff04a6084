//! Runs a swarm's connections, and waits for their end.

use std::{convert::Infallible, future::Future, pin::Pin, time::Duration};

use libp2p::swarm::Executor;
use tokio::{runtime::Handle, sync::mpsc, time::timeout};

/// The longest time that connections may take to end; the rest end with the runtime.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// Runs a swarm's connections, and notices when the last of them has ended.
pub(in crate::network) struct ConnectionTasks {
    ended: mpsc::Receiver<Infallible>,
}

struct Spawner {
    runtime: Handle,
    /// Each connection has a clone.
    alive: mpsc::Sender<Infallible>,
}

impl ConnectionTasks {
    pub(in crate::network) fn new(runtime: Handle) -> (impl Executor + Send + 'static, Self) {
        let (alive, ended) = mpsc::channel(1);
        (Spawner { runtime, alive }, Self { ended })
    }

    /// Waits until the swarm is gone and all of its connections have ended.
    pub(in crate::network) async fn ended(mut self) {
        if timeout(MAX_WAIT, self.ended.recv()).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
    }
}

impl Executor for Spawner {
    fn exec(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) {
        let alive = self.alive.clone();
        self.runtime.spawn(async move {
            future.await;
            drop(alive);
        });
    }
}
