//! The HTTP server: middleware in order, graceful stop.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::PayloadConfig;
use actix_web::{App, Error, HttpServer};

use crate::app::metrics::own_listener;
use crate::app::{Node, StartError, routes, schedule, subscribers};
use crate::infra::db::DbError;
use crate::infra::jobs;
use crate::infra::priority::give_way;
use crate::infra::telemetry::{REQUESTS, SECONDS};
use crate::pages::again;
use crate::web::forms::FORM_LIMIT;
use crate::web::{assets, cache, error, forms, headers};

/// Seconds that requests in flight get after SIGTERM.
const DRAIN: u64 = 20;

/// Seconds that a running job gets after that.
const LAST_MOMENT: u64 = 3;

/// The app of one worker.
pub fn app(
    node: Node,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(node.web)
        .app_data(node.passwords)
        .app_data(node.views)
        .app_data(node.search_log)
        .app_data(node.search)
        .app_data(node.pages)
        .app_data(node.metrics)
        .app_data(PayloadConfig::new(FORM_LIMIT))
        .wrap(from_fn(forms::tell_taken))
        .wrap(from_fn(again::sign_in_first))
        .wrap(from_fn(error::draw))
        .wrap(from_fn(cache::serve::serve))
        .wrap(from_fn(headers::guard))
        .wrap(from_fn(log))
        .configure(routes::configure)
}

/// One structured line a request: no query strings, no addresses.
async fn log<B: MessageBody>(req: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let (method, path, begun) = (req.method().clone(), req.path().to_owned(), Instant::now());
    let response = next.call(req).await?;
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let route = response.request().match_pattern().unwrap_or_else(|| "-".to_owned());
    let labels = [
        ("method", method.to_string()),
        ("route", route.clone()),
        ("status", response.status().as_u16().to_string()),
    ];
    metrics::counter!(REQUESTS, &labels).increment(1);
    metrics::histogram!(SECONDS, "route" => route).record(begun.elapsed().as_secs_f64());
    tracing::info!(target: "hearth::request", %method, path, status = response.status().as_u16(), micros);
    Ok(response)
}

/// Waits a moment for a job to end; one that goes on is left to die with the process and waits again at the
/// next start.
fn abandon(worker: &std::thread::JoinHandle<()>) {
    let until = Instant::now() + Duration::from_secs(LAST_MOMENT);
    while !worker.is_finished() && Instant::now() < until {
        std::thread::park_timeout(Duration::from_millis(50));
    }
    if !worker.is_finished() {
        tracing::warn!("a job was interrupted; it begins again at the next start");
    }
}

/// Serves until SIGTERM or SIGINT, then drains: no new requests, those in flight finish, readers and periodic
/// work stop, gathered views and searches are written.
pub async fn serve(
    node: Node,
    listener: TcpListener,
    figures: Option<TcpListener>,
) -> Result<(), StartError> {
    if let Some(listener) = figures {
        let node = node.clone();
        let app = move || {
            App::new()
                .app_data(node.web.clone())
                .app_data(node.search.clone())
                .app_data(node.pages.clone())
                .configure(own_listener)
        };
        actix_web::rt::spawn(
            HttpServer::new(app).workers(1).disable_signals().shutdown_timeout(0).listen(listener)?.run(),
        );
    }
    let name = node.name.clone();
    node.house.db.write(move |c| jobs::requeue(c, &name).map_err(DbError::from)).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let mut threads = subscribers::start(&node, &stop);
    threads.push(std::thread::spawn(|| {
        give_way();
        assets::pack();
    }));
    threads.push(schedule::start(&node, &stop));
    let worker = schedule::start_jobs(&node, &stop);
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let shared = node.clone();
    let served = HttpServer::new(move || app(shared.clone()))
        .workers(workers)
        .shutdown_timeout(DRAIN)
        .listen(listener)?
        .run()
        .await;
    stop.store(true, Ordering::Relaxed);
    for thread in threads {
        if thread.join().is_err() {
            tracing::error!("a background thread panicked");
        }
    }
    abandon(&worker);
    tracing::info!("stopped");
    served.map_err(StartError::from)
}
