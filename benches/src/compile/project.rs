use std::{
    env,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A crate of its own beside this program, and not of this workspace: there netabase has features of others.
pub(super) struct Project {
    root: PathBuf,
}

impl Project {
    /// With these lines of dependencies, in the versions that this repository is tested with, which are here already.
    /// In them `NETABASE` stands for where netabase is.
    pub(super) fn create(name: &str, dependencies: &[&str]) -> Result<Self, Box<dyn Error>> {
        // This program is in `<target>/<profile>/`.
        let program = env::current_exe()?;
        let target = program.ancestors().nth(2).ok_or("this program is in no target directory")?;
        let root = target.join("compile").join(name);
        fs::create_dir_all(root.join("src"))?;
        let netabase = fs::canonicalize(REPOSITORY)?.join("netabase").display().to_string();
        let dependencies = dependencies.join("\n").replace("NETABASE", &netabase);
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n\n[workspace]\n"
        );
        fs::write(root.join("Cargo.toml"), manifest)?;
        fs::copy(Path::new(REPOSITORY).join("Cargo.lock"), root.join("Cargo.lock"))?;
        Ok(Self { root })
    }

    pub(super) fn write(&self, file: &str, source: &str) -> io::Result<()> {
        fs::write(self.root.join("src").join(file), source)
    }

    /// Runs cargo; what it prints, and how long it takes.
    pub(super) fn cargo(&self, arguments: &[&str]) -> Result<(Output, Duration), Box<dyn Error>> {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo
            .args(arguments)
            .args(["--quiet", "--offline"])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.target())
            // What one build left for the next one would hide what it costs.
            .env("CARGO_INCREMENTAL", "0")
            .stderr(Stdio::inherit());
        let start = Instant::now();
        let output = cargo.output()?;
        let time = start.elapsed();
        if output.status.success() {
            Ok((output, time))
        } else {
            Err(format!("{cargo:?}: {}", output.status).into())
        }
    }

    /// Removes all that was built.
    pub(super) fn clean(&self) -> io::Result<()> {
        match fs::remove_dir_all(self.target()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result,
        }
    }

    fn target(&self) -> PathBuf {
        self.root.join("target")
    }
}
