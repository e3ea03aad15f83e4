//! Stands between the program and a server: counts what is asked, and spoils some of it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::support::Dice;

/// What may happen to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The server never hears of it; the answer is 503.
    Refuse,
    /// The connection ends before the answer; the server has done its work.
    LoseAnswer,
    /// Half of the body arrives, then the connection ends.
    Tear,
    /// Nothing happens for longer than the program waits.
    Stall,
    /// The server has no room.
    Full,
}

/// How many of a hundred requests are spoilt, and how.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weather {
    pub(crate) faults: Vec<(Fault, usize)>,
    /// How long a stall lasts.
    pub(crate) stall: Duration,
}

struct Shared {
    server: String,
    weather: Mutex<Weather>,
    dice: Mutex<Dice>,
    seen: Mutex<Vec<String>>,
    spoilt: AtomicU64,
    stopped: AtomicBool,
}

pub(crate) struct Proxy {
    pub(crate) address: String,
    shared: Arc<Shared>,
}

impl Proxy {
    pub(crate) fn before(server: &str, seed: u64) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback can be listened on");
        let address = listener.local_addr().expect("a listener has an address").to_string();
        let shared = Arc::new(Shared {
            server: server.to_owned(),
            weather: Mutex::default(),
            dice: Mutex::new(Dice::new(seed)),
            seen: Mutex::default(),
            spoilt: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
        });
        let own = shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if own.stopped.load(Ordering::Relaxed) {
                    return;
                }
                let own = own.clone();
                // A connection that breaks is what this is for.
                thread::spawn(move || stream.and_then(|stream| serve(&own, &stream)));
            }
        });
        Proxy { address, shared }
    }

    pub(crate) fn set(&self, weather: Weather) {
        *self.shared.weather.lock().expect("no thread panics while it holds the weather") = weather;
    }

    /// `PUT /portal/a.html` and the like since the last call.
    pub(crate) fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.seen.lock().expect("no thread panics while it holds the list"))
    }

    pub(crate) fn spoilt(&self) -> u64 {
        self.shared.spoilt.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        // The last connection lets the listener see that it is over.
        let _ = TcpStream::connect(&self.address);
    }
}

struct Request {
    head: String,
    body: Vec<u8>,
    closes: bool,
}

fn read(reader: &mut impl BufRead) -> io::Result<Option<Request>> {
    let mut head = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        if line == "\r\n" {
            break;
        }
        if !lower.starts_with("connection:") {
            head += &line;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let closes = head.lines().next().is_some_and(|line| line.ends_with("HTTP/1.0"));
    Ok(Some(Request { head, body, closes }))
}

fn serve(shared: &Shared, client: &TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut client = client;
    while let Some(request) = read(&mut reader)? {
        let line = request.head.lines().next().unwrap_or_default();
        let asked = line.rsplit_once(' ').map_or(line, |(asked, _)| asked).to_owned();
        shared.seen.lock().expect("no thread panics while it holds the list").push(asked.clone());
        let fault = fault(shared, &asked);
        if fault.is_some() {
            shared.spoilt.fetch_add(1, Ordering::Relaxed);
        }
        match fault {
            Some(Fault::Refuse) => client.write_all(answer("503 Slow Down").as_bytes())?,
            Some(Fault::Full) => client.write_all(answer("507 Insufficient Storage").as_bytes())?,
            Some(Fault::Stall) => {
                let stall = shared.weather.lock().expect("no thread panics while it holds the weather").stall;
                thread::sleep(stall);
                return client.shutdown(Shutdown::Both);
            }
            Some(Fault::Tear) => {
                let mut server = TcpStream::connect(&shared.server)?;
                server.write_all(format!("{}Connection: close\r\n\r\n", request.head).as_bytes())?;
                server.write_all(&request.body[..request.body.len() / 2])?;
                server.shutdown(Shutdown::Both)?;
                return client.shutdown(Shutdown::Both);
            }
            Some(Fault::LoseAnswer) => {
                forward(shared, &request)?;
                return client.shutdown(Shutdown::Both);
            }
            None => {
                client.write_all(&forward(shared, &request)?)?;
                // The server was asked to close, and its answer may end only so.
                return client.shutdown(Shutdown::Both);
            }
        }
        if request.closes {
            break;
        }
    }
    Ok(())
}

fn answer(status: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n")
}

fn forward(shared: &Shared, request: &Request) -> io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(&shared.server)?;
    server.write_all(format!("{}Connection: close\r\n\r\n", request.head).as_bytes())?;
    server.write_all(&request.body)?;
    let mut bytes = Vec::new();
    server.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn fault(shared: &Shared, asked: &str) -> Option<Fault> {
    let weather = shared.weather.lock().expect("no thread panics while it holds the weather");
    let mut roll = shared.dice.lock().expect("no thread panics while it holds the dice").roll(100);
    for (fault, share) in &weather.faults {
        if roll < *share {
            // Only what is written needs room, and only a body can be torn.
            let applies = asked.starts_with("PUT") || !matches!(fault, Fault::Full | Fault::Tear);
            return applies.then_some(*fault);
        }
        roll -= share;
    }
    None
}
