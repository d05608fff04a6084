//! The other end of a node in a namespace: starts it, tells it what to do, and waits for what it says.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use super::{lab::Lab, program::ARGUMENTS};

/// The longest time that anything may take which has no time of its own.
const PATIENCE: Duration = Duration::from_secs(40);

/// A node in a namespace. It ends when it is dropped.
pub(super) struct Peer {
    name: String,
    pub(super) id: String,
    child: Child,
    stdin: ChildStdin,
    said: Arc<Said>,
    answers_seen: usize,
    /// Events up to here were waited for.
    events_seen: usize,
}

#[derive(Default)]
struct Said {
    lines: Mutex<Lines>,
    news: Condvar,
}

#[derive(Default)]
struct Lines {
    answers: Vec<String>,
    events: Vec<(Instant, String)>,
    all: Vec<String>,
    has_ended: bool,
}

impl Peer {
    /// Starts a node in a namespace of this name.
    pub(super) fn start(lab: &Lab, name: &str, arguments: &str) -> Result<Self, Box<dyn Error>> {
        let log = env::var("NETABASE_NAT_LOG").ok();
        let mut child = Command::new("ip")
            .args(["netns", "exec", &lab.namespace(name)])
            .arg(env::current_exe()?)
            .args(["nat::program::peer_program", "--exact", "--ignored", "--nocapture"])
            .env(ARGUMENTS, arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(if log.is_some() { Stdio::inherit() } else { Stdio::null() })
            .spawn()?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the pipes were asked for".into());
        };
        let said = Arc::new(Said::default());
        let heard = Arc::clone(&said);
        let speaker = name.to_owned();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if log.is_some() {
                    let _ = writeln!(std::io::stderr(), "{speaker}: {line}");
                }
                heard.take(line);
            }
            heard.lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner).has_ended = true;
            heard.news.notify_all();
        });
        let mut peer = Self {
            name: name.to_owned(),
            id: String::new(),
            child,
            stdin,
            said,
            answers_seen: 0,
            events_seen: 0,
        };
        let started = peer.answer()?;
        started.strip_prefix("started ").ok_or(started.clone())?.clone_into(&mut peer.id);
        Ok(peer)
    }

    /// Starts a server at this address of the internet, which bootstraps from the others.
    pub(super) fn server(lab: &Lab, number: u8, others: &[&Self]) -> Result<Self, Box<dyn Error>> {
        Self::server_with(lab, number, others, "")
    }

    pub(super) fn server_with(
        lab: &Lab,
        number: u8,
        others: &[&Self],
        more: &str,
    ) -> Result<Self, Box<dyn Error>> {
        let mut arguments = format!(
            "server listen=/ip4/0.0.0.0/tcp/4001 listen=/ip4/0.0.0.0/udp/4001/quic-v1 \
             listen=/ip6/::/tcp/4001 listen=/ip6/::/udp/4001/quic-v1 {more}"
        );
        for other in others {
            write!(arguments, " bootstrap={}", other.public())?;
        }
        let mut server = Self::start(lab, &format!("s{number}"), &arguments)?;
        if !others.is_empty() {
            server.wait_for("Bootstrapped", PATIENCE)?;
        }
        Ok(server)
    }

    /// Returns the address of a server, by its name.
    pub(super) fn public(&self) -> String {
        format!("/ip4/45.{}.1.1/tcp/4001/p2p/{}", &self.name[1..], self.id)
    }

    /// Tells the node to do something, and returns its answer.
    pub(super) fn tell(&mut self, command: &str) -> Result<String, Box<dyn Error>> {
        writeln!(self.stdin, "{command}")?;
        self.answer()
    }

    fn answer(&mut self) -> Result<String, Box<dyn Error>> {
        let at = self.answers_seen;
        self.answers_seen += 1;
        self.said.wait(PATIENCE, |lines| lines.answers.get(at).cloned()).ok_or_else(|| {
            format!("{} gave no answer; it said: {}", self.name, self.said.all()).into()
        })
    }

    /// Tells the node to do something until it gives this answer.
    pub(super) fn tell_until(
        &mut self,
        command: &str,
        within: Duration,
        is_good: impl Fn(&str) -> bool,
    ) -> Result<String, Box<dyn Error>> {
        let start = Instant::now();
        loop {
            let answer = self.tell(command)?;
            if is_good(&answer) {
                return Ok(answer);
            }
            if start.elapsed() > within {
                return Err(format!("{}: {command}: at last {answer}", self.name).into());
            }
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// Waits for an event with all of these words in it, after those that were waited for; returns when it came.
    pub(super) fn wait_for(
        &mut self,
        words: &str,
        within: Duration,
    ) -> Result<Instant, Box<dyn Error>> {
        let from = self.events_seen;
        let found = self.said.wait(within, |lines| {
            let mut events = lines.events.iter().enumerate().skip(from);
            let is_it = |text: &str| words.split_whitespace().all(|word| text.contains(word));
            events.find(|(_, (_, text))| is_it(text)).map(|(index, (at, _))| (index, *at))
        });
        let Some((index, at)) = found else {
            let all = self.said.all();
            return Err(format!("{}: no {words:?} within {within:?} in: {all}", self.name).into());
        };
        self.events_seen = index + 1;
        Ok(at)
    }

    /// Waits until the node has so many places at relays, and no more is being asked for.
    pub(super) fn wait_for_relays(&mut self, count: usize) -> Result<(), Box<dyn Error>> {
        for _ in 0..count {
            self.wait_for("RelayReserved", PATIENCE)?;
        }
        Ok(())
    }

    /// Dials another node over all its relays.
    pub(super) fn dial(&mut self, other: &mut Self) -> Result<(), Box<dyn Error>> {
        let addresses = other.relayed_addresses()?.join(" ");
        self.tell(&format!("dial {addresses}"))?;
        Ok(())
    }

    /// Returns the events so far with this word in them.
    pub(super) fn events(&self, word: &str) -> Vec<String> {
        let lines = self.said.lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let events = lines.events.iter().map(|(_, text)| text.clone());
        events.filter(|text| text.contains(word)).collect()
    }

    /// Returns the addresses over relays.
    pub(super) fn relayed_addresses(&mut self) -> Result<Vec<String>, Box<dyn Error>> {
        let addresses = self.tell("addresses")?;
        let relayed = addresses.split_whitespace().filter(|it| it.contains("p2p-circuit"));
        Ok(relayed.map(str::to_owned).collect())
    }

    /// Returns a counter.
    pub(super) fn counter(&mut self, name: &str) -> Result<u64, Box<dyn Error>> {
        let counters = self.tell("counters")?;
        let found =
            counters.split([' ', ',']).skip_while(|word| *word != format!("{name}:")).nth(1);
        Ok(found.ok_or("no such counter")?.parse()?)
    }

    /// Returns the resident memory of the node's process, in bytes.
    pub(super) fn memory(&self) -> Result<u64, Box<dyn Error>> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()).ok_or("no VmRSS")?;
        Ok(kib.parse::<u64>()? * 1024)
    }

    /// Freezes the node: it is there, and answers nothing.
    pub(super) fn freeze(&self) -> Result<(), Box<dyn Error>> {
        let status = Command::new("kill").args(["-STOP", &self.child.id().to_string()]).status()?;
        if status.success() { Ok(()) } else { Err("cannot stop the process".into()) }
    }

    /// Ends the node without a word.
    pub(super) fn kill(mut self) -> Result<(), Box<dyn Error>> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Said {
    fn take(&self, line: String) {
        let mut lines = self.lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(answer) = line.strip_prefix("@ ") {
            lines.answers.push(answer.to_owned());
        } else if let Some(event) = line.strip_prefix("! ") {
            lines.events.push((Instant::now(), event.to_owned()));
        }
        lines.all.push(line);
        self.news.notify_all();
    }

    /// Waits until something was said.
    fn wait<T>(&self, within: Duration, find: impl Fn(&Lines) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + within;
        let mut lines = self.lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        loop {
            if let Some(found) = find(&lines) {
                return Some(found);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || lines.has_ended {
                return None;
            }
            let waited = self.news.wait_timeout(lines, left);
            lines = waited.unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
    }

    fn all(&self) -> String {
        let lines = self.lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        lines.all.join("\n  ")
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may be over already, or frozen.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
