use super::error::ClusterError;

/// How large a cluster is, and what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How many nodes there are.
    pub nodes: usize,
    /// How many airports they publish.
    pub records: usize,
    /// How many of the nodes die.
    pub kill: usize,
}

impl Default for Plan {
    fn default() -> Self {
        Self { nodes: 10, records: 300, kill: 3 }
    }
}

impl Plan {
    /// What the command line asks for: `--nodes`, `--records` and `--kill`, in any order.
    ///
    /// # Errors
    ///
    /// [`ClusterError::UnknownOption`], [`ClusterError::NoNumber`], [`ClusterError::NotANumber`] say which argument
    /// is wrong; [`ClusterError::Nothing`] and [`ClusterError::NobodyLeft`] which numbers are.
    pub fn from_arguments(
        arguments: impl IntoIterator<Item = String>,
    ) -> Result<Self, ClusterError> {
        let mut plan = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(option) = arguments.next() {
            let figure = match option.as_str() {
                "--nodes" => &mut plan.nodes,
                "--records" => &mut plan.records,
                "--kill" => &mut plan.kill,
                _ => return Err(ClusterError::UnknownOption { argument: option }),
            };
            let Some(argument) = arguments.next() else {
                return Err(ClusterError::NoNumber { option });
            };
            match argument.parse() {
                Ok(number) => *figure = number,
                Err(source) => return Err(ClusterError::NotANumber { option, argument, source }),
            }
        }
        plan.checked()
    }

    fn checked(self) -> Result<Self, ClusterError> {
        let Self { nodes, records, kill } = self;
        if nodes == 0 || records == 0 {
            return Err(ClusterError::Nothing);
        }
        if kill >= nodes {
            return Err(ClusterError::NobodyLeft { kill, nodes });
        }
        Ok(self)
    }

    /// Which nodes die: some from all over the line, the one that all others were told of among them.
    pub(super) fn victims(self) -> impl Iterator<Item = usize> {
        (0..self.kill).map(move |victim| victim * self.nodes / self.kill)
    }
}
