//! A web server for `dist/`: on the loopback interface only, without caching, so that a reload shows the last build.

use std::convert::Infallible;
use std::fs;
use std::net;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use anyhow::Result;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

/// Serves a folder until dropped. One thread serves all connections concurrently: a browser opens several at once and
/// keeps some of them open, and none may wait for another.
pub struct StaticServer {
    /// The thread ends when this is dropped.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    url: String,
}

impl StaticServer {
    /// Takes `port` of 127.0.0.1 (0: any free one) and serves `folder` below `mount`, `/` or `/some/path/`.
    pub fn start(folder: &Path, mount: &str, port: u16) -> Result<Self> {
        let listener = net::TcpListener::bind(("127.0.0.1", port))?;
        let url = format!("http://{}{mount}", listener.local_addr()?);
        listener.set_nonblocking(true)?;
        let runtime = Builder::new_current_thread().enable_io().build()?;
        let site = Site { folder: folder.to_path_buf(), mount: mount.to_owned() };
        let listener = {
            let _within = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            runtime.spawn(accept(listener, Arc::new(site)));
            // Nothing is ever sent: it ends when the sender is dropped.
            let _ = runtime.block_on(stopped);
        });
        Ok(Self { stop: Some(stop), thread: Some(thread), url })
    }

    /// The address of `index.html`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Serves until the process is ended.
    pub fn wait(mut self) {
        self.join();
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for StaticServer {
    fn drop(&mut self) {
        self.stop = None;
        self.join();
    }
}

async fn accept(listener: TcpListener, site: Arc<Site>) {
    loop {
        // A client that closes its connection before it is accepted or answered is not an error of the server.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let site = Arc::clone(&site);
        let answer = move |request: Request<Incoming>| {
            let answer = site.answer(request.uri().path());
            async { Ok::<_, Infallible>(answer) }
        };
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
        tokio::spawn(connection);
    }
}

struct Site {
    folder: PathBuf,
    mount: String,
}

impl Site {
    fn answer(&self, target: &str) -> Response<Full<Bytes>> {
        let found = self.file(target).and_then(|path| Some((fs::read(&path).ok()?, mime_type(&path))));
        let (status, content, mime_type) = match found {
            Some((content, mime_type)) => (StatusCode::OK, content.into(), mime_type),
            None => (StatusCode::NOT_FOUND, Bytes::from_static(b"not found"), "text/plain"),
        };
        let mut response = Response::new(Full::new(content));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(mime_type));
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    /// The file that a request's path names; `None` when it lies outside the folder.
    fn file(&self, path: &str) -> Option<PathBuf> {
        let path = path.strip_prefix(&self.mount)?;
        let path = if path.is_empty() { "index.html" } else { path };
        let safe =
            path.split('/').all(|part| !part.is_empty() && part != "." && part != "..") && !path.contains(['\\', ':']);
        safe.then(|| self.folder.join(path))
    }
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
    use std::io::{BufRead, BufReader, Write};
    use std::time::Duration;

    use super::*;

    #[test]
    fn only_files_below_the_mount_are_served() {
        let site = Site { folder: PathBuf::from("dist"), mount: "/lab/".to_owned() };
        for (path, expected) in [
            ("/lab/", Some("dist/index.html")),
            ("/lab/app_bg.wasm", Some("dist/app_bg.wasm")),
            ("/app_bg.wasm", None),
            ("/lab/../Cargo.toml", None),
            ("/lab//etc/passwd", None),
            ("/lab/C:\\secret", None),
        ] {
            assert_eq!(site.file(path), expected.map(PathBuf::from), "{path}");
        }
    }

    #[test]
    fn no_connection_waits_for_one_that_says_nothing() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        fs::write(folder.path().join("index.html"), "page").expect("a file is written");
        let site = StaticServer::start(folder.path(), "/lab/", 0).expect("a free port");
        let host = site.url().trim_start_matches("http://").trim_end_matches("/lab/").to_owned();
        let connect = || {
            let stream = net::TcpStream::connect(&host).expect("it listens");
            stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time-out that is no zero");
            stream
        };
        let silent: Vec<_> = (0..20).map(|_| connect()).collect();
        // All are requested at once, as a browser requests the files of a page, and stay open.
        let mut asking: Vec<_> = (0..20).map(|_| connect()).collect();
        for stream in &mut asking {
            write!(stream, "GET /lab/?p=incident HTTP/1.1\r\nHost: {host}\r\n\r\n").expect("it is connected");
        }
        for stream in asking {
            let lines = BufReader::new(stream).lines().map(|line| line.expect("it answers"));
            let head: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
            assert_eq!(head[0], "HTTP/1.1 200 OK");
            assert!(head.iter().any(|line| line.eq_ignore_ascii_case("content-length: 4")), "{head:?}");
        }
        drop(silent);
    }

    #[test]
    fn wasm_has_the_type_that_streaming_compilation_demands() {
        assert_eq!(mime_type(Path::new("app_bg.wasm")), "application/wasm");
    }
}
