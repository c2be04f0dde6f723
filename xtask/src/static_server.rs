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
use hyper::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::compress;

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
            let accepted = request.headers().get(ACCEPT_ENCODING).and_then(|codings| codings.to_str().ok());
            let answer = site.answer(request.uri().path(), accepted.unwrap_or_default());
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
    /// The file of a request that accepts these codings, as it lies there compressed, if it does.
    fn answer(&self, target: &str, accepted: &str) -> Response<Full<Bytes>> {
        let found = self.file(target).and_then(|path| Some((read(&path, accepted)?, mime_type(&path))));
        let (status, (content, coding), mime_type) = match found {
            Some((found, mime_type)) => (StatusCode::OK, found, mime_type),
            None => (StatusCode::NOT_FOUND, (b"not found".to_vec(), None), "text/plain"),
        };
        let content: Bytes = content.into();
        let mut response = Response::new(Full::new(content));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(mime_type));
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(coding) = coding {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
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

/// A file's content, and how it is coded.
fn read(path: &Path, accepted: &str) -> Option<(Vec<u8>, Option<&'static str>)> {
    let beside = |(end, coding): (&str, &'static str)| {
        let is_accepted = accepted.split([',', ';', ' ']).any(|one| one == coding);
        let compressed = is_accepted.then(|| fs::read(format!("{}{end}", path.display())))?;
        Some((compressed.ok()?, Some(coding)))
    };
    compress::CODINGS.into_iter().find_map(beside).or_else(|| Some((fs::read(path).ok()?, None)))
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

    use hyper::body::Body;

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
    fn a_file_comes_as_the_best_of_what_lies_there_and_is_accepted() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        for (name, content) in [("app.js", "plain"), ("app.js.br", "brotli"), ("app.js.gz", "gzip"), ("a.css", "style")]
        {
            fs::write(folder.path().join(name), content).expect("a file is written");
        }
        let site = Site { folder: folder.path().to_owned(), mount: "/".to_owned() };
        for (path, accepted, coding, length) in [
            ("/app.js", "gzip, deflate, br", Some("br"), 6),
            ("/app.js", "gzip;q=1.0", Some("gzip"), 4),
            ("/app.js", "", None, 5),
            ("/a.css", "gzip, br", None, 5),
        ] {
            let answer = site.answer(path, accepted);
            let named = answer.headers().get(CONTENT_ENCODING).map(|coding| coding.to_str().expect("ASCII"));
            assert_eq!((named, answer.body().size_hint().exact()), (coding, Some(length)), "{path} {accepted}");
        }
    }

    #[test]
    fn wasm_has_the_type_that_streaming_compilation_demands() {
        assert_eq!(mime_type(Path::new("app_bg.wasm")), "application/wasm");
    }
}
