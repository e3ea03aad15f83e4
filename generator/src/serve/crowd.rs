//! Who is connected, and who has to leave when it is full: never whoever came last, always whoever has kept
//! everybody waiting longest. So slow and silent connections cannot keep others out.

use std::collections::BTreeMap;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

/// What a connection is doing. Each needs another number of open files, so each has its own limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Has not sent its whole request yet.
    Asking,
    /// Is sent its answer.
    Answered,
    /// Is told of changes for as long as it stays.
    Listening,
}

impl Phase {
    /// Most connections in this phase. Together they stay below 1,024 open files, which is what systems allow.
    fn most(self) -> usize {
        match self {
            Phase::Asking => 256,
            Phase::Answered => 64,
            Phase::Listening => 64,
        }
    }
}

/// Connections by their number, each with what it is doing.
type Guests = BTreeMap<u64, (Phase, Arc<Guest>)>;

/// All connections.
pub(crate) struct Crowd {
    guests: Mutex<Guests>,
    next: AtomicU64,
    opened: Instant,
}

/// One connection. It leaves the crowd when it is dropped by `leave`.
pub(crate) struct Guest {
    pub(crate) stream: TcpStream,
    id: u64,
    /// Milliseconds after the crowd was opened at which the connection last got on.
    progress: AtomicU64,
}

impl Crowd {
    pub(crate) fn new() -> Crowd {
        Crowd { guests: Mutex::default(), next: AtomicU64::new(0), opened: Instant::now() }
    }

    /// Lets a connection in.
    pub(crate) fn enter(&self, stream: TcpStream) -> Arc<Guest> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let guest = Arc::new(Guest { stream, id, progress: AtomicU64::new(self.now()) });
        let mut guests = self.guests();
        make_room(&mut guests, Phase::Asking);
        guests.insert(id, (Phase::Asking, guest.clone()));
        guest
    }

    /// The connection goes on to another phase.
    pub(crate) fn enter_phase(&self, guest: &Guest, phase: Phase) {
        let mut guests = self.guests();
        make_room(&mut guests, phase);
        if let Some(own) = guests.get_mut(&guest.id) {
            own.0 = phase;
        }
        drop(guests);
        self.progressed(guest);
    }

    pub(crate) fn progressed(&self, guest: &Guest) {
        guest.progress.store(self.now(), Ordering::Relaxed);
    }

    pub(crate) fn leave(&self, guest: &Guest) {
        self.guests().remove(&guest.id);
    }

    /// Sends away whoever has been asking longest, when no further file can be opened.
    pub(crate) fn relieve(&self) {
        send_away(&mut self.guests(), Phase::Asking);
    }

    fn guests(&self) -> MutexGuard<'_, Guests> {
        self.guests.lock().expect("no thread panics while it holds the guests")
    }

    fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

fn make_room(guests: &mut Guests, phase: Phase) {
    if guests.values().filter(|(own, _)| *own == phase).count() >= phase.most() {
        send_away(guests, phase);
    }
}

fn send_away(guests: &mut Guests, phase: Phase) {
    let of_phase = guests.values().filter(|(own, _)| *own == phase);
    let Some((_, slowest)) = of_phase.min_by_key(|(_, guest)| guest.progress.load(Ordering::Relaxed)) else { return };
    let slowest = slowest.clone();
    guests.remove(&slowest.id);
    // Its own thread finds the connection closed and ends. One that is closed already is what we want.
    let _ = slowest.stream.shutdown(Shutdown::Both);
}
