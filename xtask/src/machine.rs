//! Where commands run: in the project's root, with the project's own tools first on the `PATH`.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::Shell;

/// A shell at the project's root with the project's tools first on `PATH`.
#[derive(Clone)]
pub struct Machine {
    /// Runs commands at the project's root.
    pub shell: Shell,
    root: PathBuf,
    target: PathBuf,
}

impl Machine {
    /// This machine, at the root of the project that this program was built from.
    pub fn new() -> Result<Self> {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in the project's root")?.to_path_buf();
        // This program is two folders below the target folder.
        let own = env::current_exe()?;
        let target = own.ancestors().nth(2).context("a program of cargo lies in its target folder")?;
        Self::at(root, target.to_path_buf(), Shell::new()?)
    }

    /// The same machine at the root of another checkout of this project: its tools come first, then those of this one.
    pub fn elsewhere(&self, root: &Path) -> Result<Self> {
        Self::at(root.to_path_buf(), root.join("target"), self.shell.clone())
    }

    /// The machine of this shell.
    pub(crate) fn at(root: PathBuf, target: PathBuf, shell: Shell) -> Result<Self> {
        shell.change_dir(&root);
        let tools = root.join(".tools");
        let mut path = vec![tools.join("bin"), tools.join("node_modules/.bin")];
        path.extend(env::split_paths(&shell.var_os("PATH").unwrap_or_default()));
        shell.set_var("PATH", env::join_paths(path)?);
        Ok(Self { shell, root, target })
    }

    /// The project's root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The built page.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Where cargo puts what it builds.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Tools that this project installed for itself; ignored by git, safe to delete.
    pub fn tools(&self) -> PathBuf {
        self.root.join(".tools")
    }
}
