//! What stands in front of tiny_http: takes connections, reads the head of each request within limits of
//! time and size, and hands on only what is well-formed. Knows no routes.
//!
//! tiny_http reads heads without a limit and waits for them without an end, a thread for each; its listener
//! dies when the system has no file to spare. So it never meets a client: it gets whole, short, clean
//! requests over a socket of its own (`back`), and its answers are passed on from here.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::back::Back;
use super::crowd::{Crowd, Guest, Phase};
use super::head::{self, Head, LONGEST_HEAD, Refusal, TOO_LONG, TOO_SLOW};
use super::hosts::Hosts;

/// Within this time a request must have been sent.
const TO_ASK: Duration = Duration::from_secs(10);
/// A reader that takes nothing for so long is gone.
const TO_TAKE: Duration = Duration::from_secs(20);
/// How long a connection that has its answer may take to say goodbye.
const TO_PART: Duration = Duration::from_millis(300);
/// Stack of the thread of a connection; it only copies bytes.
const STACK: usize = 256 * 1024;
/// Pause when the system cannot open another file.
const BREATH: Duration = Duration::from_millis(20);

/// Everything a connection needs.
pub(crate) struct Front {
    pub(crate) hosts: Hosts,
    pub(crate) back: Back,
    pub(crate) crowd: Crowd,
    /// Whether a request is for the stream of changes, by its target.
    pub(crate) listens: fn(&str) -> bool,
}

/// Takes connections for ever.
pub(crate) fn run(front: &Arc<Front>, listener: &TcpListener) {
    loop {
        let Ok((stream, _)) = listener.accept() else {
            // No file to spare, or a client that hung up at once: neither ends the preview.
            front.crowd.relieve();
            thread::sleep(BREATH);
            continue;
        };
        let guest = front.crowd.enter(stream);
        let own = front.clone();
        let meet = move || {
            // Whoever hangs up early or is sent away is no failure of the server.
            let _ = own.meet(&guest);
            own.crowd.leave(&guest);
        };
        if thread::Builder::new().stack_size(STACK).spawn(meet).is_err() {
            front.crowd.relieve();
            thread::sleep(BREATH);
        }
    }
}

impl Front {
    fn meet(&self, guest: &Guest) -> io::Result<()> {
        guest.stream.set_nodelay(true)?;
        guest.stream.set_write_timeout(Some(TO_TAKE))?;
        match self.asked(guest)? {
            Ok(head) => self.pass_on(guest, &head)?,
            Err(refusal) => (&guest.stream).write_all(&refused(refusal))?,
        }
        part(&guest.stream)
    }

    /// The head of the request, once it is whole.
    fn asked(&self, guest: &Guest) -> io::Result<Result<Head, Refusal>> {
        let started = Instant::now();
        let mut bytes = Vec::with_capacity(1024);
        let mut block = [0; 2048];
        loop {
            if let Some(end) = head::end(&bytes) {
                return Ok(head::parse(&bytes[..end], &self.hosts));
            }
            if bytes.len() >= LONGEST_HEAD {
                return Ok(Err(TOO_LONG));
            }
            let left = TO_ASK.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Ok(Err(TOO_SLOW));
            }
            guest.stream.set_read_timeout(Some(left))?;
            match (&guest.stream).read(&mut block) {
                // What ends before its end is no request; silence is none either, and needs no answer.
                Ok(0) if bytes.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(0) => return Ok(head::parse(&bytes, &self.hosts)),
                Ok(length) => bytes.extend_from_slice(&block[..length]),
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                    return Ok(Err(TOO_SLOW));
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn pass_on(&self, guest: &Guest, head: &Head) -> io::Result<()> {
        let phase = if (self.listens)(&head.target) { Phase::Listening } else { Phase::Answered };
        self.crowd.enter_phase(guest, phase);
        let Ok(mut back) = self.back.connect() else {
            let busy = Refusal { status: 503, why: "预览正忙，请再试一次。The preview is busy; try again." };
            return (&guest.stream).write_all(&refused(busy));
        };
        back.write_all(&head.written())?;
        let mut block = vec![0; 32 * 1024];
        loop {
            let length = back.read(&mut block)?;
            if length == 0 {
                return Ok(());
            }
            (&guest.stream).write_all(&block[..length])?;
            self.crowd.progressed(guest);
        }
    }
}

/// The answer to a request that is refused here.
fn refused(refusal: Refusal) -> Vec<u8> {
    let Refusal { status, why } = refusal;
    let length = why.len() + 1;
    format!(
        "HTTP/1.1 {status} Refused\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{why}\n"
    )
    .into_bytes()
}

/// Says goodbye so that the answer arrives even if the client is still sending: an unread byte would make
/// the system throw the answer away.
fn part(mut stream: &TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(TO_PART))?;
    let mut block = [0; 2048];
    for _ in 0..LONGEST_HEAD / block.len() {
        if stream.read(&mut block)? == 0 {
            break;
        }
    }
    Ok(())
}
