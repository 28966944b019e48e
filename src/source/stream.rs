//! One input file from its bytes to single records: archives opened, formats told apart, text cut and decoded.
//!
//! It holds one record and a look ahead at a time. It does not walk folders and does not parse records.
use std::io::{Read, SeekFrom, Write};
use std::ops::ControlFlow;
use std::time::SystemTime;

use rustc_hash::FxHashSet;

use super::detect::{self, Container};
use super::encoding::{self, Recoded, Sniffed};
use super::frame::{self, Piece, Unread, Window};
use super::item::{Format, Item, Limits, Origin, RawRecord, Reject, RejectReason};
use super::unpack::zip::{self, Archive, Directory, Member};
use super::unpack::{Contents, Expansion, Gunzip, Method};

/// Unpacked streams up to this length are read whole before the first record is cut, so that one with a wrong checksum
/// is rejected before anything of it was handed on. 8 MiB: several times the longest record.
const SETTLE_BYTES: usize = 8 << 20;

/// Archives that cannot be read backwards (standard input, archives in archives) up to this length stay in memory;
/// longer ones go to a temporary file. 8 MiB.
const SPOOL_BYTES: usize = 8 << 20;

/// Where items go; `Break` ends the walk.
pub(crate) type Sink<'s> = dyn FnMut(Item) -> ControlFlow<()> + 's;

/// What every stream of one input file shares.
pub(crate) struct Input<'i> {
    pub(crate) limits: &'i Limits,
    pub(crate) expansion: Expansion,
    pub(crate) modified: Option<SystemTime>,
    /// Members passed over because their names are hidden.
    pub(crate) hidden: u64,
}

/// Where a stream stands: its place, and how many archives are around it.
#[derive(Clone)]
struct Place {
    origin: Origin,
    depth: u32,
}

impl Input<'_> {
    /// Reads a file that can be read backwards.
    pub(crate) fn file(
        &mut self,
        origin: Origin,
        file: &mut dyn Archive,
        sink: &mut Sink<'_>,
    ) -> ControlFlow<()> {
        let place = Place { origin, depth: 0 };
        let mut magic = Vec::new();
        let sniffed = Read::take(&mut *file, 8)
            .read_to_end(&mut magic)
            .and_then(|_| file.seek(SeekFrom::Start(0)));
        if let Err(error) = sniffed {
            return reject(place.origin, 0, frame::reason_of(error), sink);
        }
        match detect::container(&magic) {
            Some(Container::Zip) => self.zip(&place, file, None, sink),
            _ => self.stream(place, file, sink),
        }
    }

    /// Reads a stream that cannot, such as standard input.
    pub(crate) fn stream_of(
        &mut self,
        origin: Origin,
        reader: &mut dyn Read,
        sink: &mut Sink<'_>,
    ) -> ControlFlow<()> {
        self.stream(Place { origin, depth: 0 }, reader, sink)
    }

    fn stream(
        &mut self,
        place: Place,
        reader: &mut dyn Read,
        sink: &mut Sink<'_>,
    ) -> ControlFlow<()> {
        let mut window = Window::new(reader);
        window.read_ahead(if place.depth > 0 {
            SETTLE_BYTES
        } else {
            detect::LOOK_AHEAD
        });
        if window.rest(0).is_empty()
            || (window.ended() && matches!(window.failure(), Some(RejectReason::BadChecksum)))
        {
            let reason = window.take_failure().unwrap_or(RejectReason::Empty);
            return reject(place.origin, window.end(), reason, sink);
        }
        match detect::container(window.rest(0)) {
            Some(_) if place.depth >= self.limits.max_nesting => reject(
                place.origin,
                window.end(),
                RejectReason::TooNested(self.limits.max_nesting),
                sink,
            ),
            Some(Container::Gzip) => {
                let mut gunzip = Gunzip::new(Unread::from(window), &self.expansion);
                self.stream(
                    Place {
                        depth: place.depth + 1,
                        ..place
                    },
                    &mut gunzip,
                    sink,
                )
            }
            Some(Container::Zip) => self.spool(&place, Unread::from(window), sink),
            None => self.text(place.origin, window, sink),
        }
    }

    /// A zip that comes as a stream is copied first, since its directory is at its end.
    fn spool(
        &mut self,
        place: &Place,
        mut reader: Unread<'_>,
        sink: &mut Sink<'_>,
    ) -> ControlFlow<()> {
        let mut copy = tempfile::spooled_tempfile(SPOOL_BYTES);
        let mut chunk = vec![0; 128 << 10];
        let failure = loop {
            let read = match reader.read(&mut chunk) {
                Ok(0) => break None,
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => break Some(frame::reason_of(error)),
            };
            if let Err(error) = copy.write_all(&chunk[..read]) {
                let reason = RejectReason::Unreadable(format!(
                    "no room for a temporary copy of the archive: {error}"
                ));
                return reject(place.origin.clone(), 0, reason, sink);
            }
        };
        self.zip(place, &mut copy, failure, sink)
    }

    /// `failure` is why the archive is known to be incomplete already.
    fn zip(
        &mut self,
        place: &Place,
        file: &mut dyn Archive,
        failure: Option<RejectReason>,
        sink: &mut Sink<'_>,
    ) -> ControlFlow<()> {
        let mut read = FxHashSet::default();
        let found = match failure {
            Some(reason) => Err(reason),
            None => Directory::find(file),
        };
        let reason = match found {
            Ok(mut directory) => loop {
                match directory.batch(file) {
                    Ok(members) if members.is_empty() => match directory.complaint() {
                        Some(reason) => break reason,
                        // A zip of nothing is an item too.
                        None if directory.is_empty() => {
                            return reject(place.origin.clone(), 0, RejectReason::Empty, sink);
                        }
                        None => return ControlFlow::Continue(()),
                    },
                    Ok(members) => {
                        for member in members {
                            match zip::data_start(file, &member) {
                                _ if member.is_folder() => {}
                                Ok(start) => {
                                    if !is_hidden(&member.name) {
                                        read.insert(member.header);
                                    }
                                    self.member(place, file, &member, start, sink)?;
                                }
                                Err(reason) => {
                                    directory.misses_a_member();
                                    reject(place.origin.inside(&member.name), 0, reason, sink)?;
                                }
                            }
                        }
                    }
                    Err(reason) => break reason,
                }
            },
            Err(reason) => reason,
        };
        let length = file.seek(SeekFrom::End(0)).unwrap_or(0);
        reject(place.origin.clone(), length, reason, sink)?;
        self.salvage(place, file, &read, sink)
    }

    /// Reads the members of a zip without a good directory by their own headers, but for those read already. Hidden ones are
    /// looked at again, since a damaged directory may have their names wrong.
    fn salvage(
        &mut self,
        place: &Place,
        file: &mut dyn Archive,
        read: &FxHashSet<u64>,
        sink: &mut Sink<'_>,
    ) -> ControlFlow<()> {
        let hidden = std::mem::take(&mut self.hidden);
        let mut position = 0;
        let flow = loop {
            let (member, start) = match zip::next_member(file, position) {
                Ok(Some(found)) => found,
                Ok(None) => break ControlFlow::Continue(()),
                Err(reason) => break reject(place.origin.clone(), 0, reason, sink),
            };
            let packed = if read.contains(&member.header) || member.is_folder() {
                None
            } else {
                // Whether a folder's name has data behind it is only known when it is unpacked.
                let may_be_folder = member.names_folder();
                let mut told = |item: Item| match &item {
                    Err(reject)
                        if may_be_folder && matches!(reject.reason, RejectReason::Empty) =>
                    {
                        ControlFlow::Continue(())
                    }
                    _ => sink(item),
                };
                match self.member(place, file, &member, start, &mut told) {
                    ControlFlow::Continue(packed) => packed,
                    ControlFlow::Break(()) => break ControlFlow::Break(()),
                }
            };
            // A length from the header is as good as the header; behind it the next header must stand.
            let length = match (member.sizes, packed) {
                (_, Some(packed)) => packed,
                (Some(sizes), None) => sizes.packed,
                (None, None) => 0,
            };
            position = start.saturating_add(length);
        };
        // Those that were passed over by the directory's names are met again.
        self.hidden = self.hidden.max(hidden);
        flow
    }

    /// Reads one member; gives the packed bytes it took if they were read to their end.
    fn member(
        &mut self,
        place: &Place,
        file: &mut dyn Archive,
        member: &Member,
        start: u64,
        sink: &mut Sink<'_>,
    ) -> ControlFlow<(), Option<u64>> {
        if is_hidden(&member.name) {
            self.hidden += 1;
            return ControlFlow::Continue(None);
        }
        let origin = place.origin.inside(&member.name);
        let refuse = |reason, sink: &mut Sink<'_>| match reject(origin.clone(), 0, reason, sink) {
            ControlFlow::Continue(()) => ControlFlow::Continue(None),
            ControlFlow::Break(()) => ControlFlow::Break(()),
        };
        if member.encrypted {
            return refuse(RejectReason::Encrypted, sink);
        }
        let method = match member.method {
            0 if member.sizes.is_none() => {
                return refuse(
                    RejectReason::DamagedZip("the length of a stored member is lost"),
                    sink,
                );
            }
            0 => Method::Stored,
            8 => Method::Deflated(Box::new(flate2::Decompress::new(false))),
            _ => {
                return refuse(
                    RejectReason::UnsupportedCompression(member.method_name()),
                    sink,
                );
            }
        };
        if place.depth >= self.limits.max_nesting {
            return refuse(RejectReason::TooNested(self.limits.max_nesting), sink);
        }
        if let Err(error) = file.seek(SeekFrom::Start(start)) {
            return refuse(frame::reason_of(error), sink);
        }
        let packed = member.sizes.map_or(u64::MAX, |sizes| sizes.packed);
        let expected = member.sizes.map(|sizes| (sizes.crc, sizes.unpacked));
        let mut contents =
            Contents::new(Read::take(file, packed), method, expected, &self.expansion);
        let place = Place {
            origin,
            depth: place.depth + 1,
        };
        match self.stream(place, &mut contents, sink) {
            ControlFlow::Continue(()) => {
                ControlFlow::Continue(contents.ended().then(|| contents.packed()))
            }
            ControlFlow::Break(()) => ControlFlow::Break(()),
        }
    }

    fn text(&mut self, origin: Origin, window: Window<'_>, sink: &mut Sink<'_>) -> ControlFlow<()> {
        match encoding::sniff(window.rest(0)) {
            Sniffed::Unsupported(name) => reject(
                origin,
                window.end(),
                RejectReason::UnsupportedEncoding(name),
                sink,
            ),
            Sniffed::Ascii => self.cut(&origin, window, None, sink),
            Sniffed::Utf16(encoding) => {
                let mut recoded = Recoded::new(Unread::from(window), encoding);
                let mut window = Window::new(&mut recoded);
                window.read_ahead(detect::LOOK_AHEAD);
                self.cut(&origin, window, Some(encoding.name()), sink)
            }
        }
    }

    /// Cuts a text stream into records, from behind its byte-order marks on.
    fn cut(
        &mut self,
        origin: &Origin,
        mut window: Window<'_>,
        recoded: Option<&'static str>,
        sink: &mut Sink<'_>,
    ) -> ControlFlow<()> {
        let head = window.rest(0);
        let start = encoding::marks(&head[..head.len().min(detect::LOOK_AHEAD)]) as u64;
        let head = window.rest(start);
        let format = match detect::text(&head[..head.len().min(detect::LOOK_AHEAD)], start) {
            Ok(format) => format,
            Err(reason) => return reject(origin.clone(), window.end(), reason, sink),
        };
        // JSON declares none; what looks like it is a record's text.
        let declared = match format {
            Format::ApiJson => None,
            _ => encoding::declared(head),
        };
        let modified = self.modified;
        let mut emit = |piece: Piece<'_>| {
            let origin = Origin {
                record: piece.number,
                offset: piece.start,
                ..origin.clone()
            };
            let content = piece
                .content
                .and_then(|bytes| match memchr::memchr(0, bytes) {
                    Some(at) => Err(RejectReason::NulByte(piece.start + at as u64)),
                    None => Ok(bytes),
                });
            let bytes = match content {
                Ok(bytes) => bytes,
                Err(reason) => {
                    return sink(Err(Reject {
                        origin,
                        bytes_seen: piece.length,
                        format: format.of_source().filter(|_| reason.concerns_a_record()),
                        reason,
                    }));
                }
            };
            let (bytes, from) = encoding::to_utf8(bytes, declared);
            sink(Ok(RawRecord {
                origin,
                format,
                bytes,
                recoded: recoded.or(from),
                modified,
            }))
        };
        match format {
            Format::ApiJson => frame::json(&mut window, start, self.limits, &mut emit)?,
            Format::CtgovXml => frame::xml(&mut window, start, self.limits, &mut emit)?,
            Format::Page | Format::HtmlPage => {
                frame::whole(&mut window, start, self.limits, &mut emit)?;
            }
        }
        // A failure that no piece has carried: the stream broke off right between two records.
        match window.take_failure() {
            Some(reason) => {
                let offset = window.end();
                reject(
                    Origin {
                        offset,
                        ..origin.clone()
                    },
                    0,
                    reason,
                    sink,
                )
            }
            None => ControlFlow::Continue(()),
        }
    }
}

/// Whether a member's name, or that of a folder it is in, is one that file managers hide.
fn is_hidden(name: &str) -> bool {
    name.split(['/', '\\'])
        .any(|part| part == "__MACOSX" || (part.starts_with('.') && part != "." && part != ".."))
}

pub(crate) fn reject(
    origin: Origin,
    bytes_seen: u64,
    reason: RejectReason,
    sink: &mut Sink<'_>,
) -> ControlFlow<()> {
    sink(Err(Reject {
        origin,
        bytes_seen,
        format: None,
        reason,
    }))
}
