//! Passes what handles ask for on to the state.

use super::Task;
use crate::network::command::Command;

impl Task {
    pub(super) fn on_command(&mut self, command: Command) {
        if command.is_abandoned() {
            return;
        }
        if command.is_query() {
            self.channels.counters.update(|counters| counters.queries += 1);
        }
        let known = self.known_peers();
        let state = &mut self.state;
        match command {
            Command::Publish { record, quorum, reply } => {
                state.publish(record, quorum, reply, known);
            }
            Command::Fetch { key, mode, held, reply } => state.fetch(key, mode, held, reply, known),
            Command::Provide { key, reply } => state.provide(key, reply),
            Command::StopProviding { key } => state.stop_providing(key),
            Command::FindProviders { key, reply } => state.find_providers(key, reply, known),
            Command::Dial { addresses } => drop(self.dial_all(&addresses)),
            #[cfg(feature = "testkit")]
            Command::Discovered { found } => state.on_discovered(found),
        }
    }
}
