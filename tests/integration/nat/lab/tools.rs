//! Runs what is not a node in a laboratory: a gateway's daemon, late wires; and reads its counters.

use std::{
    env,
    error::Error,
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use super::Lab;

/// A program that ends when it is dropped, and its configuration.
pub(in crate::nat) struct Running(Child, PathBuf);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
        let _ = fs::remove_file(&self.1);
    }
}

impl Lab {
    /// Starts `miniupnpd` at the first gateway. Returns `None` if it is not installed.
    pub(in crate::nat) fn map_ports(&self) -> Result<Option<Running>, Box<dyn Error>> {
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
    pub(in crate::nat) fn delay(&self, ms: u32) -> Result<Vec<Running>, Box<dyn Error>> {
        let script = env::temp_dir().join(format!("{}-delay.py", self.prefix));
        fs::write(&script, include_str!("../delay.py"))?;
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
    pub(in crate::nat) fn bytes_of(&self, name: &str) -> Result<u64, Box<dyn Error>> {
        let output = Command::new("ip")
            .args(["netns", "exec", &self.namespace(name), "cat", "/proc/net/dev"])
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        let line = text.lines().find(|line| line.trim_start().starts_with("eth0:"));
        let fields: Vec<&str> = line.ok_or("there is no eth0")?.split_whitespace().collect();
        Ok(fields[1].parse::<u64>()? + fields[9].parse::<u64>()?)
    }
}
