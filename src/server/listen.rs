//! Connections: so many at once, each with a time to say what it wants, and an end that lets requests finish.
//!
//! Speaks HTTP/1.1, as browsers, tools and reverse proxies do with a server on the same machine.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tower::ServiceExt;

use crate::server::options::Limits;
use crate::server::router;
use crate::server::stall::Moving;
use crate::server::state::App;
use crate::server::unread::Outgoing;

/// How long to wait when the system has no more room for connections.
const NO_ROOM: Duration = Duration::from_millis(50);

/// The least room for the head of a request that the protocol's reader takes, in bytes.
const LEAST_HEAD: usize = 8 << 10;

/// Header lines of a request at most.
const HEADER_LINES: usize = 100;

/// Why a server cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on `{address}`: {error}")]
    Address {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// The threads cannot be started.
    #[error("cannot start the server: {0}")]
    Threads(io::Error),
}

impl ServeError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            ServeError::Address { error, .. } => match error.kind() {
                io::ErrorKind::AddrInUse => Some(
                    "another program, perhaps another trialfind, listens there: name a free port, as in `--addr 127.0.0.1:7879`",
                ),
                io::ErrorKind::PermissionDenied => Some(
                    "ports under 1024 are for the system's services: name one above, as in `--addr 127.0.0.1:7878`",
                ),
                io::ErrorKind::AddrNotAvailable => Some(
                    "this machine has no such address: `--addr 127.0.0.1:7878` is this machine only",
                ),
                _ => None,
            },
            ServeError::Threads(_) => None,
        }
    }
}

/// A server that listens and does not answer yet.
pub struct Serving {
    listener: TcpListener,
    app: App,
    address: SocketAddr,
}

impl Serving {
    /// Listens on the address of the options.
    ///
    /// # Errors
    /// If the address cannot be had.
    pub async fn bind(app: App) -> Result<Serving, ServeError> {
        let asked = app.options().address;
        let failed = |error| ServeError::Address {
            address: asked,
            error,
        };
        let listener = TcpListener::bind(asked).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Serving {
            listener,
            app,
            address,
        })
    }

    /// Where it listens: with the port that the system chose if none was named.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until it is told to stop; then takes no more connections and lets the requests that have begun end.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let limits = self.app.options().limits.clone();
        let routes = router(&self.app);
        let watching = tokio::spawn(self.app.clone().watch());
        let places = Arc::new(Semaphore::new(limits.connections));
        let (stopping, stopped) = watch::channel(());
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = accept(&self.listener, &places) => accepted,
            };
            let Some((stream, place)) = accepted else {
                tokio::time::sleep(NO_ROOM).await;
                continue;
            };
            let (app, routes, limits) = (self.app.clone(), routes.clone(), limits.clone());
            let stopped = stopped.clone();
            tokio::spawn(async move {
                app.metrics().connections.inc();
                let outgoing = Outgoing::new(app.unread());
                connection(stream, routes, &limits, outgoing, stopped).await;
                app.metrics().connections.dec();
                drop(place);
            });
        }
        drop(self.listener);
        drop(stopped);
        watching.abort();
        tracing::info!("stopping: requests that have begun are answered, no new ones are taken");
        let _ = stopping.send(());
        if timeout(limits.stopping, stopping.closed()).await.is_err() {
            tracing::warn!("some requests were not answered in time and are broken off");
        }
    }
}

type ConnectionPlace = tokio::sync::OwnedSemaphorePermit;

/// The next connection, once there is a place for it. Until then the system holds it back.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, ConnectionPlace)> {
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, place)),
        Err(error) => {
            let of_client = matches!(
                error.kind(),
                io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionRefused
            );
            if !of_client {
                tracing::warn!("cannot take a connection: {error}");
            }
            None
        }
    }
}

/// Answers the requests of one connection until it ends.
async fn connection(
    stream: TcpStream,
    routes: Router,
    limits: &Limits,
    outgoing: Outgoing,
    mut stopped: watch::Receiver<()>,
) {
    // Answers are written whole; waiting for more of them only delays the last packet.
    let _ = stream.set_nodelay(true);
    let stream = TokioIo::new(Moving::new(stream, limits.stall, outgoing.clone()));
    let routes = routes.map_request(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(outgoing.clone());
        request
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size((limits.headers + limits.address).max(LEAST_HEAD))
        .max_headers(HEADER_LINES)
        // Who closes its half of the connection has gone away as far as can be told, and its waiting search is dropped.
        .half_close(false)
        .serve_connection(stream, TowerToHyperService::new(routes));
    let mut serving = std::pin::pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        _ = stopped.changed() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!("a connection broke off: {error}");
    }
}

/// Runs a server until the process is told to stop (SIGINT, SIGTERM). `ready` is told where it listens.
///
/// # Errors
/// If it cannot be started.
pub fn serve(app: App, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("serve")
        .build()
        .map_err(ServeError::Threads)?;
    let served = runtime.block_on(async {
        let serving = Serving::bind(app).await?;
        ready(serving.address());
        serving.run(told_to_stop()).await;
        Ok(())
    });
    // Searches that nobody waits for any more only read; the end of the process is theirs.
    runtime.shutdown_background();
    served
}

async fn told_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
