//! Unpacks deflated data with an eye on how much comes out of how little.
//!
//! Errors of these readers carry a [`RejectReason`], so that it reaches the report whatever lies between. Nothing here
//! knows what is inside.
pub(crate) mod zip;

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::item::{Limits, RejectReason};

/// What one named file has cost and given so far, over all archives within it.
///
/// Each stream is watched by itself, and all of them together: members that overlap, or many that each stay just below
/// the limit, are a bomb too.
#[derive(Debug, Clone)]
pub(crate) struct Expansion {
    limits: Limits,
    /// Length of the file in bytes; grows while reading standard input.
    packed: Rc<Cell<u64>>,
    unpacked: Rc<Cell<u64>>,
}

impl Expansion {
    pub(crate) fn new(limits: &Limits, packed: u64) -> Self {
        Self {
            limits: *limits,
            packed: Rc::new(Cell::new(packed)),
            unpacked: Rc::new(Cell::new(0)),
        }
    }

    /// More input has come in.
    pub(crate) fn read(&self, bytes: u64) {
        self.packed.set(self.packed.get() + bytes);
    }

    /// Adds `step` bytes of output of a stream that has read `packed` and given `unpacked` in all.
    fn unpacked(&self, step: u64, packed: u64, unpacked: u64) -> io::Result<()> {
        self.unpacked.set(self.unpacked.get() + step);
        self.check(packed, unpacked)?;
        self.check(self.packed.get(), self.unpacked.get())
    }

    fn check(&self, packed: u64, unpacked: u64) -> io::Result<()> {
        if unpacked > self.limits.ratio_floor && unpacked / self.limits.max_ratio.max(1) > packed {
            return Err(io::Error::other(RejectReason::ZipBomb { packed, unpacked }));
        }
        Ok(())
    }
}

/// Counts what is read through it.
struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

/// What `.gz` data unpacks to, over all its parts.
pub(crate) struct Gunzip<R: Read> {
    decoder: flate2::bufread::MultiGzDecoder<BufReader<Counted<R>>>,
    packed: Rc<Cell<u64>>,
    unpacked: u64,
    expansion: Expansion,
}

impl<R: Read> Gunzip<R> {
    pub(crate) fn new(inner: R, expansion: &Expansion) -> Self {
        let packed = Rc::new(Cell::new(0));
        let counted = Counted {
            inner,
            count: Rc::clone(&packed),
        };
        let decoder =
            flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(64 << 10, counted));
        Self {
            decoder,
            packed,
            unpacked: 0,
            expansion: expansion.clone(),
        }
    }
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(out).map_err(|error| match error.kind() {
            // Errors of the reader below keep their own kind, or carry their own reason.
            _ if carries_reason(&error) => error,
            io::ErrorKind::UnexpectedEof => io::Error::other(RejectReason::CutOffCompression),
            io::ErrorKind::InvalidInput if error.to_string().contains("checksum") => {
                io::Error::other(RejectReason::BadChecksum)
            }
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                io::Error::other(RejectReason::DamagedCompression(error.to_string()))
            }
            _ => error,
        })?;
        self.unpacked += read as u64;
        self.expansion
            .unpacked(read as u64, self.packed.get(), self.unpacked)?;
        Ok(read)
    }
}

fn carries_reason(error: &io::Error) -> bool {
    match error.get_ref() {
        Some(inner) => inner.is::<RejectReason>(),
        None => false,
    }
}

/// How a zip member is packed: the two methods that are supported.
pub(crate) enum Method {
    Stored,
    Deflated(Box<Decompress>),
}

/// A zip member's contents, checked against what the archive says of them once they end.
pub(crate) struct Contents<R> {
    inner: BufReader<R>,
    method: Method,
    crc: Crc,
    /// Checksum and length if the archive says so before the data.
    expected: Option<(u32, u64)>,
    packed: u64,
    unpacked: u64,
    ended: bool,
    expansion: Expansion,
}

impl<R: Read> Contents<R> {
    pub(crate) fn new(
        inner: R,
        method: Method,
        expected: Option<(u32, u64)>,
        expansion: &Expansion,
    ) -> Self {
        let inner = BufReader::with_capacity(64 << 10, inner);
        Self {
            inner,
            method,
            crc: Crc::new(),
            expected,
            packed: 0,
            unpacked: 0,
            ended: false,
            expansion: expansion.clone(),
        }
    }

    /// Bytes of the archive used so far.
    pub(crate) fn packed(&self) -> u64 {
        self.packed
    }

    /// Whether the end of the packed data has been reached.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    fn unpack(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match &mut self.method {
            Method::Stored => {
                let read = self.inner.read(out)?;
                self.packed += read as u64;
                self.ended = read == 0;
                Ok(read)
            }
            Method::Deflated(inflate) => loop {
                let input = self.inner.fill_buf()?;
                let at_end = input.is_empty();
                let (before_in, before_out) = (inflate.total_in(), inflate.total_out());
                let status = inflate
                    .decompress(input, out, FlushDecompress::None)
                    .map_err(|error| {
                        io::Error::other(RejectReason::DamagedCompression(error.to_string()))
                    })?;
                let used = inflate.total_in() - before_in;
                let given = inflate.total_out() - before_out;
                self.packed += used;
                self.inner
                    .consume(usize::try_from(used).unwrap_or(usize::MAX));
                self.ended = status == Status::StreamEnd;
                if given > 0 || self.ended {
                    return Ok(usize::try_from(given).unwrap_or(0));
                }
                if at_end {
                    return Err(io::Error::other(RejectReason::CutOffCompression));
                }
                if used == 0 {
                    return Err(io::Error::other(RejectReason::DamagedCompression(
                        "it makes no progress".to_owned(),
                    )));
                }
            },
        }
    }
}

impl<R: Read> Read for Contents<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        let read = if self.ended { 0 } else { self.unpack(out)? };
        self.unpacked += read as u64;
        self.crc.update(&out[..read]);
        if read > 0 {
            self.expansion
                .unpacked(read as u64, self.packed, self.unpacked)?;
        } else if let Some((sum, length)) = self.expected {
            if matches!(self.method, Method::Stored) && self.unpacked < length {
                return Err(io::Error::other(RejectReason::CutOffCompression));
            }
            if self.crc.sum() != sum || self.unpacked != length {
                return Err(io::Error::other(RejectReason::BadChecksum));
            }
        }
        Ok(read)
    }
}
