//! The zip container: its directory read in batches, and its members without it where an archive is cut off.
//!
//! Own code rather than the `zip` crate, for three reasons that matter to archives of a whole registry: the crate keys
//! members by name, so that one of two with the same name would be lost in silence; it keeps half a million of them in
//! memory; and it cannot read the members of a download that was cut off. It does not unpack and never makes a path of
//! a member's name. Layout: APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3.
use std::io::{self, Read, Seek, SeekFrom};

use memchr::memmem;

use super::super::item::RejectReason;

/// What an archive is read from.
pub(crate) trait Archive: Read + Seek {}

impl<T: Read + Seek> Archive for T {}

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";

/// Bytes of the fixed part of each header.
const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;
const END_64_BYTES: usize = 56;
const LOCATOR_BYTES: usize = 20;

/// Longest archive comment, which stands behind the end record.
const COMMENT_BYTES: u64 = 65_535;

/// Bytes in front of the first member of an archive that was once split over several disks (APPNOTE 8.5.3).
const SPLIT_MARKER_BYTES: u64 = 4;

/// Bytes of the directory held at a time, above the longest entry (46 + 3 x 65,535).
const BATCH_BYTES: u64 = 256 << 10;

/// One member as its header describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its name for messages; never a path.
    pub(crate) name: String,
    pub(crate) encrypted: bool,
    /// Compression method: 0 stored, 8 deflated (APPNOTE 4.4.5).
    pub(crate) method: u16,
    /// Checksum, packed and unpacked length; absent where they follow the data.
    pub(crate) sizes: Option<Sizes>,
    /// Where its local header lies in the file.
    pub(crate) header: u64,
}

/// What a header says of a member's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) crc: u32,
    pub(crate) packed: u64,
    pub(crate) unpacked: u64,
}

impl Member {
    /// Whether its name is that of a folder.
    pub(crate) fn names_folder(&self) -> bool {
        self.name.ends_with(['/', '\\'])
    }

    /// Whether it is a folder, as far as its header tells: what has data is read, whatever its name ends with.
    pub(crate) fn is_folder(&self) -> bool {
        let is_empty = |sizes: Sizes| sizes.packed == 0 || sizes.unpacked == 0;
        self.names_folder() && self.sizes.is_some_and(is_empty)
    }

    /// The compression method's name, as far as it is likely to occur.
    pub(crate) fn method_name(&self) -> String {
        match self.method {
            1 => "shrink".to_owned(),
            6 => "implode".to_owned(),
            9 => "deflate64".to_owned(),
            12 => "bzip2".to_owned(),
            14 => "LZMA".to_owned(),
            93 => "zstd".to_owned(),
            95 => "xz".to_owned(),
            98 => "PPMd".to_owned(),
            99 => "AES encryption".to_owned(),
            other => format!("method {other}"),
        }
    }
}

/// An archive's directory, from its first entry not yet given.
pub(crate) struct Directory {
    next: u64,
    end: u64,
    /// Entries not yet given by what the end record says, whose count wraps in archives of more than its field can hold.
    left: u16,
    /// Whether it lists the first member of the archive; in front of one that is split stands a marker of four bytes.
    lists_first: bool,
    /// Whether a member was not where it says.
    misses: bool,
    /// Whether it has given no entry.
    is_empty: bool,
    /// Bytes in front of the archive, which its own offsets do not count.
    shift: u64,
}

impl Directory {
    /// Finds the directory by the end record.
    pub(crate) fn find(file: &mut dyn Archive) -> Result<Self, RejectReason> {
        let length = file.seek(SeekFrom::End(0)).map_err(unreadable)?;
        let tail_start = length.saturating_sub(END_BYTES as u64 + COMMENT_BYTES);
        let tail = read_at(file, tail_start, length - tail_start)?;
        for at in memmem::rfind_iter(&tail, END) {
            let Some(end) = tail.get(at..at + END_BYTES) else {
                continue;
            };
            let position = tail_start + at as u64;
            if let Some(directory) = Self::from_end(file, end, position)? {
                return Ok(directory);
            }
        }
        Err(RejectReason::CutOffZip)
    }

    /// Nothing if this was no end record but some bytes that look like one.
    fn from_end(
        file: &mut dyn Archive,
        end: &[u8],
        position: u64,
    ) -> Result<Option<Self>, RejectReason> {
        let (mut entries, mut size, mut offset) = (
            u64::from(u16_at(end, 10)),
            u64::from(u32_at(end, 12)),
            u64::from(u32_at(end, 16)),
        );
        let mut behind = position;
        let locator = read_at(
            file,
            position.saturating_sub(LOCATOR_BYTES as u64),
            LOCATOR_BYTES as u64,
        )?;
        if locator.len() == LOCATOR_BYTES && locator.starts_with(LOCATOR_64) {
            // Where it says, or right before the locator if there is something in front of the archive.
            for at in [
                u64_at(&locator, 8),
                position.saturating_sub((LOCATOR_BYTES + END_64_BYTES) as u64),
            ] {
                let record = read_at(file, at, END_64_BYTES as u64)?;
                if record.len() == END_64_BYTES && record.starts_with(END_64) {
                    (entries, size, offset) = (
                        u64_at(&record, 32),
                        u64_at(&record, 40),
                        u64_at(&record, 48),
                    );
                    behind = at;
                    break;
                }
            }
        }
        let Some(start) = behind.checked_sub(size) else {
            return Ok(None);
        };
        if entries == 0 && size == 0 {
            // Bytes of a comment may look like the end of an archive of nothing, and another archive may stand before one.
            if behind != 0 {
                return Ok(None);
            }
            return Ok(Some(Self {
                next: start,
                end: start,
                left: 0,
                lists_first: true,
                misses: false,
                is_empty: true,
                shift: 0,
            }));
        }
        // The directory ends where the end record begins; its offset is only as good as what is in front.
        for (start, shift) in [(start, start.checked_sub(offset)), (offset, Some(0))] {
            if let Some(shift) = shift
                && read_at(file, start, 4)? == CENTRAL
            {
                return Ok(Some(Self {
                    next: start,
                    end: start.saturating_add(size),
                    left: entries as u16,
                    lists_first: false,
                    misses: false,
                    is_empty: true,
                    shift,
                }));
            }
        }
        Ok(None)
    }

    /// The next members in the order of the directory; none when it is through.
    pub(crate) fn batch(&mut self, file: &mut dyn Archive) -> Result<Vec<Member>, RejectReason> {
        let mut members = Vec::new();
        let bytes = read_at(file, self.next, (self.end - self.next).min(BATCH_BYTES))?;
        let mut rest = bytes.as_slice();
        while self.next < self.end {
            let entry = rest;
            let length = match entry.get(..CENTRAL_BYTES) {
                Some(fixed) if !fixed.starts_with(CENTRAL) => {
                    return damaged(members, self, "an entry of its directory is not one");
                }
                Some(fixed) => {
                    CENTRAL_BYTES
                        + usize::from(u16_at(fixed, 28))
                        + usize::from(u16_at(fixed, 30))
                        + usize::from(u16_at(fixed, 32))
                }
                None => usize::MAX,
            };
            let Some(entry) = entry.get(..length) else {
                if members.is_empty() {
                    return Err(RejectReason::DamagedZip("its directory ends amid an entry"));
                }
                break;
            };
            let name_end = CENTRAL_BYTES + usize::from(u16_at(entry, 28));
            let extra = &entry[name_end..name_end + usize::from(u16_at(entry, 30))];
            let (packed, unpacked, header) =
                (u32_at(entry, 20), u32_at(entry, 24), u32_at(entry, 42));
            let [unpacked, packed, header] = widen(extra, [unpacked, packed, header]);
            let header = header.saturating_add(self.shift);
            members.push(Member {
                name: name(&entry[CENTRAL_BYTES..name_end]),
                encrypted: u16_at(entry, 8) & 1 == 1,
                method: u16_at(entry, 10),
                sizes: Some(Sizes {
                    crc: u32_at(entry, 16),
                    packed,
                    unpacked,
                }),
                header,
            });
            self.lists_first |= header <= SPLIT_MARKER_BYTES;
            self.next += length as u64;
            self.left = self.left.wrapping_sub(1);
            self.is_empty = false;
            rest = &rest[length..];
        }
        Ok(members)
    }

    /// Tells it that a member was not found.
    pub(crate) fn misses_a_member(&mut self) {
        self.misses = true;
    }

    /// Whether it has given no entry.
    pub(crate) fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// What is wrong with it as a whole, when it is through: then members may lie in the file that it has not given.
    pub(crate) fn complaint(&self) -> Option<RejectReason> {
        let what = if self.left != 0 {
            // A length that is wrong can make one entry of several.
            "its directory has not the number of entries that its end tells"
        } else if self.misses {
            "its directory has members in wrong places"
        } else if !self.lists_first {
            // Of an archive that is cut off, the directory of another one in it may be what is found.
            "its directory does not list what stands at its head"
        } else {
            return None;
        };
        Some(RejectReason::DamagedZip(what))
    }
}

/// Gives the good entries first and the damage at the next call.
fn damaged(
    members: Vec<Member>,
    directory: &Directory,
    why: &'static str,
) -> Result<Vec<Member>, RejectReason> {
    debug_assert!(directory.next < directory.end);
    if members.is_empty() {
        Err(RejectReason::DamagedZip(why))
    } else {
        Ok(members)
    }
}

/// Where a member's data begins, by its local header.
pub(crate) fn data_start(file: &mut dyn Archive, member: &Member) -> Result<u64, RejectReason> {
    let header = read_at(file, member.header, LOCAL_BYTES as u64)?;
    if header.len() < LOCAL_BYTES {
        return Err(RejectReason::CutOffCompression);
    }
    if !header.starts_with(LOCAL) {
        return Err(RejectReason::DamagedZip(
            "the member is not where its directory says",
        ));
    }
    Ok(member.header
        + LOCAL_BYTES as u64
        + u64::from(u16_at(&header, 26))
        + u64::from(u16_at(&header, 28)))
}

/// The first member at or behind `from` by its own header, and where its data begins: for archives without directory.
pub(crate) fn next_member(
    file: &mut dyn Archive,
    from: u64,
) -> Result<Option<(Member, u64)>, RejectReason> {
    let mut at = from;
    while let Some(found) = find(file, LOCAL, at)? {
        let header = read_at(file, found, LOCAL_BYTES as u64)?;
        at = found + 1;
        if header.len() < LOCAL_BYTES {
            break;
        }
        let (flags, method) = (u16_at(&header, 6), u16_at(&header, 8));
        let (name_bytes, extra_bytes) = (
            u64::from(u16_at(&header, 26)),
            u64::from(u16_at(&header, 28)),
        );
        let names = read_at(file, found + LOCAL_BYTES as u64, name_bytes + extra_bytes)?;
        // Four bytes occur by chance in packed data; a header that makes sense does not.
        if u16_at(&header, 4) & 0xFF > 63
            || name_bytes == 0
            || method > 99
            || (names.len() as u64) < name_bytes + extra_bytes
        {
            continue;
        }
        let (name_part, extra) = names.split_at(u16_at(&header, 26).into());
        let [unpacked, packed, _] = widen(extra, [u32_at(&header, 22), u32_at(&header, 18), 0]);
        let follows_data = flags & 8 != 0;
        let sizes = (!follows_data).then_some(Sizes {
            crc: u32_at(&header, 14),
            packed,
            unpacked,
        });
        let member = Member {
            name: name(name_part),
            encrypted: flags & 1 == 1,
            method,
            sizes,
            header: found,
        };
        return Ok(Some((
            member,
            found + LOCAL_BYTES as u64 + name_bytes + extra_bytes,
        )));
    }
    Ok(None)
}

/// Position of `what` in the file at or behind `from`.
fn find(file: &mut dyn Archive, what: &[u8], from: u64) -> Result<Option<u64>, RejectReason> {
    let mut at = from;
    loop {
        let bytes = read_at(file, at, BATCH_BYTES)?;
        if let Some(found) = memmem::find(&bytes, what) {
            return Ok(Some(at + found as u64));
        }
        if (bytes.len() as u64) < BATCH_BYTES {
            return Ok(None);
        }
        at += (bytes.len() - (what.len() - 1)) as u64;
    }
}

/// Up to `length` bytes at `at`, fewer at the end of the file.
fn read_at(file: &mut dyn Archive, at: u64, length: u64) -> Result<Vec<u8>, RejectReason> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(at)).map_err(unreadable)?;
    file.take(length)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}

fn unreadable(error: io::Error) -> RejectReason {
    crate::source::frame::reason_of(error)
}

/// The fields that are all ones in the header, taken from the zip64 extra field (4.5.3) in its order.
fn widen(extra: &[u8], narrow: [u32; 3]) -> [u64; 3] {
    let mut wide = narrow.map(u64::from);
    let mut rest = extra;
    while let [a, b, c, d, behind @ ..] = rest {
        let (id, length) = (
            u16::from_le_bytes([*a, *b]),
            usize::from(u16::from_le_bytes([*c, *d])),
        );
        let Some(field) = behind.get(..length) else {
            break;
        };
        if id == 1 {
            let mut values = field.chunks_exact(8);
            for (wide, narrow) in wide.iter_mut().zip(narrow) {
                if narrow == u32::MAX
                    && let Some(value) = values.next()
                {
                    *wide = u64_at(value, 0);
                }
            }
        }
        rest = &behind[length..];
    }
    wide
}

/// A member's name for messages. Old archives have it in some code page: the letters are lost, the rest is not.
fn name(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..at + 2)
        .map_or(0, |bytes| u16::from_le_bytes([bytes[0], bytes[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
