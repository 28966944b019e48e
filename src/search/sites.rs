//! Trials by where their sites are: a filter over one site at a time, as a leaf of a query and as a test of one document.
//!
//! Which point a place's name means is [`crate::search::places`]' business; what is shown of a site, `present`'s.

use std::sync::{Arc, PoisonError};

use serde::{Deserialize, Serialize};
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader, TantivyError, Term};

use crate::index::{IndexError, NearSite, SegmentSites};
use crate::place::{Circle, Gazetteer};
use crate::search::filter::Tried;
use crate::search::finder::{Finder, View};
use crate::search::places::Place;

/// Trials with a site near a place. One site has to fit in every way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SiteFilter {
    /// The place.
    pub place: Place,
    /// How far a site may be, in kilometres.
    pub km: f64,
    /// Statuses of a site that are wanted, as the index has them; none for any. A site has its own while its trial is open, else
    /// the trial's.
    pub statuses: Vec<String>,
}

/// What the look at all sites of a document costs, in postings that are read.
const LOOK: u64 = 10;

/// How far a site may be unless it is said, in kilometres.
pub const USUAL_KM: f64 = 50.0;

impl SiteFilter {
    /// Any site within some kilometres of a place.
    pub fn new(place: Place, km: f64) -> SiteFilter {
        SiteFilter {
            place,
            km,
            statuses: Vec::new(),
        }
    }

    fn circle(&self) -> Circle {
        Circle::new(self.place.point, self.km)
    }
}

/// A filter over the sites of one view, ready to be asked. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Near {
    circle: Circle,
    segments: Arc<Vec<SegmentSites>>,
    /// For each segment which statuses are wanted, by ordinal.
    admitted: Arc<Vec<Vec<bool>>>,
    /// For each segment which places of sites that could not be placed may be near, by ordinal.
    perhaps: Arc<Vec<Vec<bool>>>,
}

impl Finder {
    /// A filter over the sites of a view. For a leaf of a query, [`Near::query`].
    pub(crate) fn near(&self, view: &View, filter: &SiteFilter) -> Result<Near, IndexError> {
        let segments = self.sites(view)?;
        let admitted = segments.iter().map(|sites| sites.among(&filter.statuses));
        let circle = filter.circle();
        let areas = Gazetteer::bundled().areas(&circle);
        let perhaps = segments.iter().map(|sites| sites.unplaced_in(&areas));
        Ok(Near {
            circle,
            perhaps: Arc::new(perhaps.collect()),
            admitted: Arc::new(admitted.collect()),
            segments,
        })
    }

    /// The sites of a view, opened once for each commit.
    fn sites(&self, view: &View) -> Result<Arc<Vec<SegmentSites>>, IndexError> {
        let mut known = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let readers = view.searcher.segment_readers();
        let is_same = |opened: &Arc<Vec<SegmentSites>>| {
            let opened = opened.iter().map(|sites| sites.segment);
            opened.eq(readers.iter().map(SegmentReader::segment_id))
        };
        if let Some(opened) = known.as_ref().filter(|opened| is_same(opened)) {
            return Ok(opened.clone());
        }
        let opened = Arc::new(self.index.sites(&view.searcher)?);
        *known = Some(opened.clone());
        Ok(opened)
    }
}

impl Near {
    /// The nearest site of a document that fits.
    pub(crate) fn nearest(&self, segment: SegmentOrdinal, doc: DocId) -> Option<NearSite> {
        let segment = segment as usize;
        self.segments[segment].nearest(doc, &self.circle, &self.admitted[segment])
    }

    /// Whether a document has a site that could not be placed, and may be near for all that is known of it.
    pub(crate) fn has_unplaced(&self, segment: SegmentOrdinal, doc: DocId) -> bool {
        let segment = segment as usize;
        self.segments[segment].has_unplaced(doc, &self.perhaps[segment])
    }

    /// The documents that fit, as a query that adds nothing to a score: a leaf of a plan.
    pub(crate) fn query(&self) -> Box<dyn Query> {
        Box::new(NearQuery(self.clone()))
    }
}

/// [`Near`] as a query.
#[derive(Clone)]
struct NearQuery(Near);

impl std::fmt::Debug for NearQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("NearQuery").field(&self.0.circle).finish()
    }
}

impl Query for NearQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        let _ = visitor;
    }
}

impl Weight for NearQuery {
    fn scorer(&self, reader: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut sites = self.0.segments.iter();
        let segment = sites.position(|sites| sites.segment == reader.segment_id());
        let segment = segment.ok_or_else(|| {
            TantivyError::InternalError(
                "a filter over sites was asked of another view of the index".into(),
            )
        })?;
        let (near, segment) = (self.0.clone(), segment as SegmentOrdinal);
        let fits = move |doc| near.nearest(segment, doc).is_some();
        Ok(Box::new(Tried::new(fits, reader.max_doc()).costing(LOOK)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!(
                "document {doc} does not match"
            )));
        }
        Ok(Explanation::new("site near a place", 0.0))
    }
}
