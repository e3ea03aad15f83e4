//! HTTP/1.1: a thread for each connection, one request after the other.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use super::{CACHED, Line, PIECE, Shared};
use crate::range;

pub(super) fn serve(listener: TcpListener, shared: Arc<Shared>) {
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let shared = Arc::clone(&shared);
            // A reader that hangs up is no failure of the server.
            thread::spawn(move || drop(connection(&shared, stream)));
        }
    });
}

/// Answers until the browser hangs up.
fn connection(shared: &Shared, mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
        let mut range = None;
        loop {
            let mut header = String::new();
            if reader.read_line(&mut header)? <= 2 {
                break;
            }
            range = range.or(range::field(&header).map(str::to_owned));
        }
        let address = request.split(' ').nth(1).unwrap_or_default();
        let path = address.split(['?', '#']).next().unwrap_or_default();
        answer(shared, path, range.as_deref(), &mut stream)?;
    }
}

fn answer(shared: &Shared, path: &str, range: Option<&str>, stream: &mut TcpStream) -> io::Result<()> {
    let line = shared.state().line;
    let begin = Instant::now() + line.delay;
    let answer = shared.answer(path, range);
    let encoding = answer.encoding.map(|name| format!("Content-Encoding: {name}\r\n")).unwrap_or_default();
    let part = answer.part.as_ref().map(|part| format!("Content-Range: {part}\r\n")).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{encoding}{part}Cache-Control: {CACHED}\r\nX-Content-Type-Options: nosniff\r\n\r\n",
        answer.status,
        if answer.status == 404 { "Not Found" } else { "OK" },
        answer.kind,
        answer.bytes.len()
    );
    shared.note(path, &answer, head.len());
    thread::sleep(begin.saturating_duration_since(Instant::now()));
    send(shared, line, head.as_bytes(), stream)?;
    send(shared, line, &answer.bytes, stream)
}

fn send(shared: &Shared, line: Line, bytes: &[u8], stream: &mut TcpStream) -> io::Result<()> {
    let Some(speed) = line.bytes_per_second else { return stream.write_all(bytes) };
    for piece in bytes.chunks(PIECE) {
        let until = shared.carried(piece.len(), speed);
        thread::sleep(until.saturating_duration_since(Instant::now()));
        stream.write_all(piece)?;
    }
    Ok(())
}
