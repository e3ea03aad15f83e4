//! HTTP/2 over TLS, with a certificate made for this run: all requests of a browser share one connection.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use h2::server::SendResponse;
use http::{Request, Response, header};
use tokio::net::TcpStream;
use tokio::time;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use super::{CACHED, PIECE, Shared};

/// What status line and headers of an answer take, packed: most of them as numbers of a table.
const HEAD: usize = 40;

pub(super) fn serve(listener: TcpListener, shared: Arc<Shared>) -> io::Result<()> {
    let acceptor = TlsAcceptor::from(Arc::new(config().map_err(io::Error::other)?));
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::spawn(move || {
        runtime.block_on(async {
            let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
            while let Ok((stream, _)) = listener.accept().await {
                // A reader that hangs up is no failure of the server.
                let connection = connection(Arc::clone(&shared), acceptor.clone(), stream);
                tokio::spawn(async { drop(connection.await) });
            }
        });
    });
    Ok(())
}

fn config() -> Result<ServerConfig, Box<dyn std::error::Error + Send + Sync>> {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()])?;
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = ServerConfig::builder().with_no_client_auth();
    let mut config = config.with_single_cert(vec![made.cert.der().clone()], key.into())?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(config)
}

async fn connection(shared: Arc<Shared>, acceptor: TlsAcceptor, stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let stream = acceptor.accept(stream).await?;
    let mut connection = h2::server::handshake(stream).await.map_err(io::Error::other)?;
    while let Some(asked) = connection.accept().await {
        let (request, respond) = asked.map_err(io::Error::other)?;
        let shared = Arc::clone(&shared);
        tokio::spawn(async move { drop(answer(&shared, &request, respond).await) });
    }
    Ok(())
}

async fn answer<T>(shared: &Shared, request: &Request<T>, mut respond: SendResponse<Bytes>) -> Result<(), h2::Error> {
    let line = shared.state().line;
    let begin = time::Instant::now() + line.delay;
    let path = request.uri().path();
    let range = request.headers().get(header::RANGE).and_then(|value| value.to_str().ok());
    let answer = shared.answer(path, range);
    shared.note(path, &answer, HEAD);
    let mut head = Response::builder()
        .status(answer.status)
        .header(header::CONTENT_TYPE, answer.kind)
        .header(header::CONTENT_LENGTH, answer.bytes.len())
        .header(header::CACHE_CONTROL, CACHED)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if let Some(name) = answer.encoding {
        head = head.header(header::CONTENT_ENCODING, name);
    }
    if let Some(part) = &answer.part {
        head = head.header(header::CONTENT_RANGE, part);
    }
    let head = head.body(()).expect("these are headers");
    time::sleep_until(begin).await;
    let mut stream = respond.send_response(head, false)?;
    let mut left = Bytes::from(answer.bytes);
    let mut before = HEAD;
    while !left.is_empty() {
        let piece = left.split_to(PIECE.min(left.len()));
        if let Some(speed) = line.bytes_per_second {
            time::sleep_until(shared.carried(before + piece.len(), speed).into()).await;
        }
        before = 0;
        stream.send_data(piece, left.is_empty())?;
    }
    Ok(())
}
