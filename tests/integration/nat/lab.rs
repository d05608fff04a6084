//! An internet in network namespaces: servers, two gateways, and homes behind them. It is gone when it is dropped.

use std::{
    env,
    error::Error,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// What a gateway does with connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gateway {
    /// Keeps ports, and lets in only what answers: most routers.
    Plain,
    /// Gives each connection another port: no hole can be punched.
    Symmetric,
    /// Keeps ports, and passes [`FORWARDED`] on to the first home.
    Forward,
    /// Keeps ports, and has rules that `miniupnpd` fills.
    Upnp,
}

/// Networks of their own, with addresses that the internet would route: nodes tell those from private ones.
pub(super) struct Lab {
    prefix: String,
}

/// The port that [`Gateway::Forward`] passes on.
pub(super) const FORWARDED: u16 = 4001;

static LABS: AtomicU32 = AtomicU32::new(0);

impl Lab {
    /// Returns what is missing on this machine.
    pub(super) fn lack() -> Option<&'static str> {
        static LACK: OnceLock<Option<String>> = OnceLock::new();
        LACK.get_or_init(Self::find_lack).as_deref()
    }

    fn find_lack() -> Option<String> {
        for tool in ["ip", "nft"] {
            if Command::new(tool).arg("-V").stdout(Stdio::null()).status().is_err() {
                return Some(format!("`{tool}` is not installed (iproute2, nftables)"));
            }
        }
        let probe = format!("nbprobe{}", std::process::id());
        if let Err(error) = run("ip", &["netns", "add", &probe]) {
            return Some(format!("no network namespaces can be made, which takes root: {error}"));
        }
        let can_masquerade = nft(
            &probe,
            "table ip nat {\n chain post {\n type nat hook postrouting priority srcnat\n masquerade\n }\n}",
        );
        let _ = run("ip", &["netns", "del", &probe]);
        can_masquerade.err().map(|error| format!("the kernel does not masquerade: {error}"))
    }

    /// Makes the networks: servers `s1` to `s3`, and homes `a1`, `a2` and `b1`, `b2` behind two gateways.
    pub(super) fn new(first: Gateway, second: Gateway) -> Result<Self, Box<dyn Error>> {
        sweep();
        let number = LABS.fetch_add(1, Ordering::Relaxed);
        let lab = Self { prefix: format!("nb{}x{number}", std::process::id()) };
        for name in ["inet", "s1", "s2", "s3", "ga", "gb", "a1", "a2", "b1", "b2"] {
            run("ip", &["netns", "add", &lab.namespace(name)])?;
            lab.ip(name, "link set lo up")?;
        }
        lab.ip("inet", "link add br0 type bridge")?;
        lab.ip("inet", "link set br0 up")?;
        for (name, number) in [("s1", 1), ("s2", 2), ("s3", 3), ("ga", 11), ("gb", 12)] {
            lab.plug(name, "inet", &format!("45.{number}.1.1/8"), &format!("2a01:{number}::1/16"))?;
        }
        for (gateway, number) in [("a", 11), ("b", 12)] {
            lab.lan(gateway, number)?;
        }
        lab.set_gateway("a", first)?;
        lab.set_gateway("b", second)?;
        Ok(lab)
    }

    pub(super) fn namespace(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    /// Makes the network behind a gateway, with IPv4 of its own and routed IPv6.
    fn lan(&self, side: &str, number: u8) -> Result<(), Box<dyn Error>> {
        let gateway = format!("g{side}");
        self.ip(&gateway, "link add br0 type bridge")?;
        self.ip(&gateway, &format!("addr add 10.0.{number}.1/24 dev br0"))?;
        self.ip(&gateway, &format!("addr add 2a01:{number}:1::1/64 dev br0 nodad"))?;
        self.ip(&gateway, "link set br0 up")?;
        for home in 1..=2 {
            let name = format!("{side}{home}");
            let host = home + 1;
            let (v4, v6) =
                (format!("10.0.{number}.{host}/24"), format!("2a01:{number}:1::{host}/64"));
            self.plug(&name, &gateway, &v4, &v6)?;
            self.ip(&name, &format!("route add default via 10.0.{number}.1"))?;
            self.ip(&name, &format!("-6 route add default via 2a01:{number}:1::1"))?;
        }
        let sysctl = "net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1";
        self.exec(&gateway, "sysctl", &format!("-qw {sysctl}"))?;
        let others = ["s1", "s2", "s3", "ga", "gb"].into_iter().filter(|name| *name != gateway);
        for other in others {
            self.ip(other, &format!("-6 route add 2a01:{number}:1::/64 via 2a01:{number}::1"))?;
        }
        Ok(())
    }

    /// Connects a namespace with the bridge of another.
    fn plug(&self, name: &str, to: &str, v4: &str, v6: &str) -> Result<(), Box<dyn Error>> {
        let (namespace, bridge) = (self.namespace(name), self.namespace(to));
        let end = format!("p-{name}");
        run(
            "ip",
            &[
                "link", "add", "eth0", "netns", &namespace, "type", "veth", "peer", "name", &end,
                "netns", &bridge,
            ],
        )?;
        self.ip(to, &format!("link set {end} master br0 up"))?;
        self.ip(name, &format!("addr add {v4} dev eth0"))?;
        self.ip(name, &format!("addr add {v6} dev eth0 nodad"))?;
        self.ip(name, "link set eth0 up")
    }

    /// Sets what a gateway does from now on.
    pub(super) fn set_gateway(&self, side: &str, gateway: Gateway) -> Result<(), Box<dyn Error>> {
        let random = if gateway == Gateway::Symmetric { "random,fully-random" } else { "" };
        let number = if side == "a" { 11 } else { 12 };
        let forward = if gateway == Gateway::Forward {
            format!(
                "iifname eth0 meta l4proto {{ tcp, udp }} th dport {FORWARDED} dnat to 10.0.{number}.2"
            )
        } else {
            String::new()
        };
        let (upnp, jump) = if gateway == Gateway::Upnp {
            (
                "chain miniupnpd {
                }
                chain prerouting_miniupnpd {
                }
                chain postrouting_miniupnpd {
                }
                chain mapped { type nat hook prerouting priority dstnat - 1; jump prerouting_miniupnpd
                }",
                "jump miniupnpd",
            )
        } else {
            ("", "")
        };
        let rules = format!(
            "flush ruleset
            table ip nat {{
                chain pre {{ type nat hook prerouting priority dstnat; {forward}
                }}
                chain post {{ type nat hook postrouting priority srcnat; oifname eth0 masquerade {random}
                }}
            }}
            table inet filter {{
                {upnp}
                chain forward {{ type filter hook forward priority filter; policy drop;
                    ct state established,related accept
                    ct status dnat accept
                    {jump}
                    iifname br0 accept
                }}
                chain input {{ type filter hook input priority filter; policy accept;
                    ip6 nexthdr icmpv6 accept
                    iifname eth0 ct state new drop
                }}
            }}"
        );
        Ok(nft(&self.namespace(&format!("g{side}")), &rules)?)
    }

    /// Starts `miniupnpd` at the first gateway. Returns `None` if it is not installed.
    pub(super) fn map_ports(&self) -> Result<Option<Running>, Box<dyn Error>> {
        let path = env::temp_dir().join(format!("{}-miniupnpd.conf", self.prefix));
        let config = "ext_ifname=eth0\nlistening_ip=br0\nport=0\nenable_upnp=yes\nenable_natpmp=no\n\
            secure_mode=yes\nsystem_uptime=yes\nuuid=1f6a464c-5b75-4037-a61a-1b78b21ae495\n\
            allow 1024-65535 10.0.11.0/24 1024-65535\ndeny 0-65535 0.0.0.0/0 0-65535\n";
        fs::write(&path, config)?;
        if Command::new("miniupnpd").arg("--version").stdout(Stdio::null()).status().is_err() {
            return Ok(None);
        }
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace("ga"), "miniupnpd", "-d", "-f"]).arg(&path);
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Some(Running(quiet.spawn()?, path)))
    }

    /// Makes frames between the gateways and the internet late by so many milliseconds each way: with `python3`, since not
    /// every kernel has a queue that does.
    pub(super) fn delay(&self, ms: u32) -> Result<Vec<Running>, Box<dyn Error>> {
        let script = env::temp_dir().join(format!("{}-delay.py", self.prefix));
        fs::write(&script, include_str!("delay.py"))?;
        let mut running = Vec::new();
        for side in ["ga", "gb"] {
            self.ip("inet", &format!("link add d-{side} type veth peer name e-{side}"))?;
            self.ip("inet", &format!("link set p-{side} nomaster"))?;
            self.ip("inet", &format!("link set d-{side} up"))?;
            self.ip("inet", &format!("link set e-{side} master br0 up"))?;
            let mut command = Command::new("ip");
            command
                .args(["netns", "exec", &self.namespace("inet"), "python3"])
                .arg(&script)
                .args([format!("p-{side}"), format!("d-{side}"), ms.to_string()]);
            let quiet = command.stdin(Stdio::null()).stdout(Stdio::null());
            running.push(Running(quiet.spawn()?, script.clone()));
        }
        Ok(running)
    }

    /// Returns the bytes that a namespace has sent and received so far.
    pub(super) fn bytes_of(&self, name: &str) -> Result<u64, Box<dyn Error>> {
        let output = Command::new("ip")
            .args(["netns", "exec", &self.namespace(name), "cat", "/proc/net/dev"])
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        let line = text.lines().find(|line| line.trim_start().starts_with("eth0:"));
        let fields: Vec<&str> = line.ok_or("there is no eth0")?.split_whitespace().collect();
        Ok(fields[1].parse::<u64>()? + fields[9].parse::<u64>()?)
    }

    /// Runs `ip` in a namespace.
    pub(super) fn ip(&self, name: &str, arguments: &str) -> Result<(), Box<dyn Error>> {
        let namespace = self.namespace(name);
        let mut all = vec!["-n", &namespace];
        all.extend(arguments.split_whitespace());
        Ok(run("ip", &all)?)
    }

    /// Runs a program in a namespace.
    pub(super) fn exec(
        &self,
        name: &str,
        program: &str,
        arguments: &str,
    ) -> Result<(), Box<dyn Error>> {
        let namespace = self.namespace(name);
        let mut all = vec!["netns", "exec", &namespace, program];
        all.extend(arguments.split_whitespace());
        Ok(run("ip", &all)?)
    }
}

/// A program that ends when it is dropped, and its configuration.
pub(super) struct Running(Child, PathBuf);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
        let _ = fs::remove_file(&self.1);
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        remove_all(&format!("{}-", self.prefix));
    }
}

/// Removes what test processes have left that were killed.
fn sweep() {
    for namespace in namespaces() {
        let owner = namespace.strip_prefix("nb").and_then(|rest| rest.split_once('x'));
        let is_left = owner.is_some_and(|(pid, _)| {
            pid.bytes().all(|byte| byte.is_ascii_digit())
                && !Path::new(&format!("/proc/{pid}")).exists()
        });
        if is_left {
            let _ = run("ip", &["netns", "del", &namespace]);
        }
    }
}

fn remove_all(prefix: &str) {
    for namespace in namespaces().into_iter().filter(|name| name.starts_with(prefix)) {
        let _ = run("ip", &["netns", "del", &namespace]);
    }
}

fn namespaces() -> Vec<String> {
    let entries = fs::read_dir("/run/netns").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).output();
    let output = output.map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{program} {}: {}", arguments.join(" "), said.trim()))
}

fn nft(namespace: &str, rules: &str) -> Result<(), String> {
    let mut nft = Command::new("ip")
        .args(["netns", "exec", namespace, "nft", "-f", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    if let Some(mut stdin) = nft.stdin.take() {
        stdin.write_all(rules.as_bytes()).map_err(|error| error.to_string())?;
    }
    let output = nft.wait_with_output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("nft: {}", String::from_utf8_lossy(&output.stderr).trim()))
}
