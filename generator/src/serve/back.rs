//! tiny_http behind a socket that only this program opens. Requests come clean from `front`; each is answered
//! on a thread of its own. A server that died is made anew at the next request.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use tiny_http::{Listener, Request, Server};

#[cfg(unix)]
pub(crate) type Stream = std::os::unix::net::UnixStream;
#[cfg(not(unix))]
pub(crate) type Stream = std::net::TcpStream;

/// Answers one request.
pub(crate) type Answer = dyn Fn(Request) + Send + Sync;

/// A running tiny_http.
pub(crate) struct Back {
    /// Where its socket lies; only the owner may enter.
    folder: PathBuf,
    answer: Arc<Answer>,
    at: Mutex<Address>,
}

#[cfg(unix)]
type Address = PathBuf;
#[cfg(not(unix))]
type Address = std::net::SocketAddr;

impl Back {
    /// Starts it, with its socket in a folder that nobody else may enter.
    ///
    /// # Errors
    /// A socket that cannot be made.
    pub(crate) fn start(folder: &Path, answer: Arc<Answer>) -> io::Result<Back> {
        let at = start(folder, answer.clone())?;
        Ok(Back { folder: folder.to_owned(), answer, at: Mutex::new(at) })
    }

    /// A connection for one request.
    ///
    /// # Errors
    /// A machine that has no socket to spare.
    pub(crate) fn connect(&self) -> io::Result<Stream> {
        let mut at = self.at.lock().expect("no thread panics while it holds the address");
        match Stream::connect(&*at) {
            // Nobody listens, or the last try to listen anew failed half-way.
            Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound) => {
                *at = start(&self.folder, self.answer.clone())?;
                Stream::connect(&*at)
            }
            other => other,
        }
    }
}

fn start(folder: &Path, answer: Arc<Answer>) -> io::Result<Address> {
    let (listener, at) = listen(folder)?;
    let server = Server::from_listener(listener, None).map_err(io::Error::other)?;
    thread::Builder::new().spawn(move || {
        // An error means that the listener is gone; the next connection is refused and starts another.
        while let Ok(request) = server.recv() {
            let answer = answer.clone();
            // A request that finds no thread is dropped, and tiny_http answers it with an error.
            let _ = thread::Builder::new().spawn(move || answer(request));
        }
    })?;
    Ok(at)
}

/// Listens anew at the place kept for it. Elsewhere than on Unix that is a port of this machine.
#[cfg(unix)]
fn listen(folder: &Path) -> io::Result<(Listener, Address)> {
    let path = folder.join("socket");
    if path.exists() {
        std::fs::remove_file(&path)?;
    }
    Ok((std::os::unix::net::UnixListener::bind(&path)?.into(), path))
}

#[cfg(not(unix))]
fn listen(_: &Path) -> io::Result<(Listener, Address)> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    let at = listener.local_addr()?;
    Ok((listener.into(), at))
}
