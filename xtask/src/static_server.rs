//! A web server for `dist/`: loopback only, right MIME types, no caching, so that a reload always shows the last build.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use anyhow::{Result, anyhow};
use tiny_http::{Header, Request, Response, Server};

/// Serves a folder until dropped.
pub struct StaticServer {
    server: Arc<Server>,
    thread: Option<JoinHandle<()>>,
    url: String,
}

impl StaticServer {
    /// Takes `port` of 127.0.0.1 (0: any free one) and serves `folder` below `mount`, `/` or `/some/path/`.
    pub fn start(folder: &Path, mount: &str, port: u16) -> Result<Self> {
        let server = Server::http(("127.0.0.1", port)).map_err(|error| anyhow!(error))?;
        let address = server.server_addr().to_ip().ok_or_else(|| anyhow!("no IP address"))?;
        let server = Arc::new(server);
        let site = Site { folder: folder.to_path_buf(), mount: mount.to_owned() };
        let thread = thread::spawn({
            let server = Arc::clone(&server);
            move || {
                for request in server.incoming_requests() {
                    site.answer(request);
                }
            }
        });
        Ok(Self { server, thread: Some(thread), url: format!("http://{address}{mount}") })
    }

    /// The address of `index.html`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Serves until the process is ended.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for StaticServer {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Site {
    folder: PathBuf,
    mount: String,
}

impl Site {
    fn answer(&self, request: Request) {
        let found = self.file(request.url()).and_then(|path| {
            let content = fs::read(&path).ok()?;
            Some((content, mime_type(&path)))
        });
        // A visitor who left before the answer is no concern of ours.
        let _ = match found {
            Some((content, mime_type)) => request.respond(
                Response::from_data(content)
                    .with_header(header("Content-Type", mime_type))
                    .with_header(header("Cache-Control", "no-store")),
            ),
            None => request.respond(Response::from_string("not found").with_status_code(404)),
        };
    }

    /// The file that a request's target names; `None` when it lies outside the folder.
    fn file(&self, target: &str) -> Option<PathBuf> {
        let path = target.split(['?', '#']).next()?.strip_prefix(&self.mount)?;
        let path = if path.is_empty() { "index.html" } else { path };
        let safe =
            path.split('/').all(|part| !part.is_empty() && part != "." && part != "..") && !path.contains(['\\', ':']);
        safe.then(|| self.folder.join(path))
    }
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("plain ASCII")
}

fn mime_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_below_the_mount_are_served() {
        let site = Site { folder: PathBuf::from("dist"), mount: "/lab/".to_owned() };
        for (target, expected) in [
            ("/lab/", Some("dist/index.html")),
            ("/lab/?p=incident", Some("dist/index.html")),
            ("/lab/app_bg.wasm", Some("dist/app_bg.wasm")),
            ("/app_bg.wasm", None),
            ("/lab/../Cargo.toml", None),
            ("/lab//etc/passwd", None),
            ("/lab/C:\\secret", None),
        ] {
            assert_eq!(site.file(target), expected.map(PathBuf::from), "{target}");
        }
    }

    #[test]
    fn wasm_has_the_type_that_streaming_compilation_demands() {
        assert_eq!(mime_type(Path::new("app_bg.wasm")), "application/wasm");
    }
}
