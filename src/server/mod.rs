//! The server: a page for people and answers for programs, over the same library calls as the command line.
//!
//! ```text
//! options      addresses and limits
//! state        what all requests share; opened: the index as of one commit, moved on when there is another
//! work         searching off the threads that serve connections, so many at once and no more
//! listen       connections: how many, how long they may dawdle, how they end; stall: a peer that reads or writes nothing
//! layers       what holds for every answer: headers, limits, log, measures; fresh: ETag
//! prefix       served below a path
//! problem      what is answered when something is wrong
//! parameters   what an address asks, as a request
//! api          our own JSON; api_v2: the API that other tools speak; page: what people see; health, metrics: what whoever runs it sees
//! ```
//!
//! Words that were searched for and patients' stories go into no log and no measure. Everything that comes from a record is
//! escaped where it is put into a page. Nothing here ranks or reads records by itself.

mod api;
mod api_v2;
mod fresh;
mod health;
mod layers;
mod listen;
mod metrics;
mod opened;
mod options;
mod page;
mod parameters;
mod prefix;
mod problem;
mod stall;
mod state;
mod story;
mod unread;
mod work;

pub use listen::{ServeError, Serving, serve};
pub use opened::Opened;
pub use options::{Limits, Options};
pub use prefix::{BasePath, BasePathError};
pub use state::App;

use axum::{Router, middleware};

/// All that the server answers, with what holds for every answer. Needs no socket, so that tests can ask it directly.
pub fn router(app: &App) -> Router {
    let routes = Router::new()
        .merge(page::routes())
        .nest("/api/v2", api_v2::routes())
        .nest("/api", api::routes())
        .layer(middleware::from_fn_with_state(app.clone(), fresh::tagged))
        .merge(page::assets())
        .merge(health::routes())
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::not_allowed);
    let base = &app.options().base;
    let routes = layers::around(routes, app).with_state(app.clone());
    prefix::in_requests(routes, base)
}
