//! trialfind: a full-text search engine over clinical-trial records.
//!
//! # The map of the house
//!
//! Records come in as bytes, become one [`trial::Trial`] shape, are laid out as index documents, and are answered from.
//!
//! ```text
//! files, archives, pages                          words typed
//!   -> source    bytes to Trial                     -> query     text to a query tree with spans
//!                                                   -> narrative a patient's story to what bears on the patient
//!   -> trial     the record                         -> search    tree to engine, scores, filters, facets, sort
//!   -> schema    Trial to index document            -> passage   text + matched terms to passages with spans
//!   -> index     documents on disk                  -> render    hits to terminal, JSON, CSV, RIS, HTML
//! ```
//!
//! [`evaluate`] measures the answers by what people have judged.
//!
//! Floors, from the ground up; a room uses the floors below it and its own, nothing above
//! (`tests/architecture` reads the `use crate::` lines and fails on an upward edge):
//!
//! 1. [`trial`], [`analysis`], [`place`] (where towns are)
//! 2. [`source`], [`schema`], [`query`], [`narrative`] (what a patient's story says), [`passage`]
//! 3. [`index`]
//! 4. [`search`]
//! 5. [`render`], [`evaluate`], [`fetch`] (pages of a server that speaks the registry's API, in files and indexes)
//! 6. [`server`] (the page and the answers for programs, over HTTP)
//! 7. [`cli`]
//! 8. `main`
//!
//! Readers of other registries' records go into [`source`], one module each beside those that are there: `source/detect.rs`
//! tells the format by its bytes, [`source::read_record`] hands the record to its reader, and that makes a [`trial::Study`] of
//! it. The other rooms know a format by its [`trial::SourceFormat`] only.
#![forbid(unsafe_code)]

pub mod analysis;
pub mod cli;
pub mod evaluate;
pub mod fetch;
pub mod index;
pub mod narrative;
pub mod passage;
pub mod place;
pub mod query;
pub mod render;
pub mod schema;
pub mod search;
pub mod server;
pub mod source;
pub mod trial;
