//! What comes out of the input side: one record's bytes with the place they came from, or a rejection with its reason.
//!
//! These are plain values. Nothing here opens a file, and nothing here knows what is inside a record.
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::trial::SourceFormat;

/// Where an item came from, exact enough to find it again by hand.
///
/// Shown as ``folder/a.zip > NCT0001xxxx/NCT00012345.xml`` and, for a stream of several records, with
/// ``(record 17, byte 123456)`` behind it. Control characters in names are shown as U+FFFD, so that a name from an
/// archive cannot write to the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file as it was found under the named path, or `-` for standard input.
    pub path: PathBuf,
    /// The member inside an archive, and its members in turn, joined by ` > `. A label, never a path to open.
    pub member: Option<String>,
    /// Position in a stream of several records, from 1; absent when the stream is one record.
    pub record: Option<u64>,
    /// Byte offset in the stream: the file, the member, or what `.gz` unpacks to. For UTF-16 it counts bytes of the
    /// text after it was turned into UTF-8.
    pub offset: u64,
}

impl Origin {
    /// The start of a file that is no archive member.
    #[must_use]
    pub fn file(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
            member: None,
            record: None,
            offset: 0,
        }
    }

    /// The same place one archive level deeper.
    #[must_use]
    pub(crate) fn inside(&self, name: &str) -> Self {
        let member = match &self.member {
            Some(outer) => format!("{outer} > {name}"),
            None => name.to_owned(),
        };
        Self {
            path: self.path.clone(),
            member: Some(member),
            record: None,
            offset: 0,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", printable(&self.path.to_string_lossy()))?;
        if let Some(member) = &self.member {
            write!(out, " > {}", printable(member))?;
        }
        match self.record {
            Some(record) => write!(out, " (record {record}, byte {})", self.offset),
            None => Ok(()),
        }
    }
}

fn printable(name: &str) -> String {
    name.chars()
        .map(|letter| {
            // Escapes, and marks that turn the direction of what follows.
            let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if letter.is_control() || turns {
                '\u{FFFD}'
            } else {
                letter
            }
        })
        .collect()
}

/// The shape of a record, told from its bytes alone; each has one parser in this room.
///
/// Other registries' exports (ICTRP, CTIS, EudraCT, ISRCTN) get a value here when they get a parser; until then
/// [`RejectReason::NotReadYet`] names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Format {
    /// One JSON object; a ClinicalTrials.gov API v2 study when it has a `protocolSection`.
    ApiJson,
    /// One legacy ClinicalTrials.gov `<clinical_study>` element.
    CtgovXml,
    /// A page saved as text or Markdown.
    Page,
    /// A page saved as HTML.
    HtmlPage,
}

impl Format {
    /// The name used in reports and stored as a record's provenance.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::ApiJson => "api-json",
            Format::CtgovXml => "ctgov-xml",
            Format::Page => "page",
            Format::HtmlPage => "html-page",
        }
    }

    /// The format that a record of this shape is of; which kind of page it is shows only when it is read.
    pub(crate) fn of_source(self) -> Option<SourceFormat> {
        match self {
            Format::ApiJson => Some(SourceFormat::ApiJson),
            Format::CtgovXml => Some(SourceFormat::CtgovXml),
            Format::Page | Format::HtmlPage => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// The bytes of one record, cut out of whatever they came in, not yet parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// Where it came from.
    pub origin: Origin,
    /// Which parser it is for.
    pub format: Format,
    /// Valid UTF-8 without byte-order mark and without NUL. Unless `recoded` is set these are exactly the record's
    /// bytes: a JSON object from `{` to `}`, an element from `<clinical_study` to `</clinical_study>`, a whole page.
    pub bytes: Vec<u8>,
    /// The encoding it had to be decoded from, such as `UTF-16LE` or `windows-1252`; absent for UTF-8.
    pub recoded: Option<&'static str>,
    /// When the file (the archive, for a member) was last modified; absent for standard input.
    pub modified: Option<SystemTime>,
}

/// An input item that cannot be handed on, with its place and the reason.
#[derive(Debug)]
pub struct Reject {
    /// Where it lies.
    pub origin: Origin,
    /// How many bytes of it were seen; 0 when it could not be opened.
    pub bytes_seen: u64,
    /// The format that it would be a record of, where that can be told without reading it.
    pub format: Option<SourceFormat>,
    /// Why.
    pub reason: RejectReason,
}

impl fmt::Display for Reject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.origin, self.reason)
    }
}

/// One input item: a record or a rejection, never neither.
pub type Item = Result<RawRecord, Reject>;

/// Why an input item was rejected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RejectReason {
    /// A path named by the user does not exist.
    #[error("no such file or folder")]
    NotFound,
    /// A symbolic link points at nothing.
    #[error("the link points at nothing")]
    DanglingLink,
    /// A folder contains itself by way of a link.
    #[error("the link leads back to a folder that contains it")]
    FolderLoop,
    /// A folder that was named and is an index, whose files are no records.
    #[error("it is an index of this program, not a folder of records")]
    AnIndex,
    /// Not a regular file or folder; opening one could wait for ever.
    #[error("it is a {0}, not a file")]
    NotAFile(&'static str),
    /// The system refused to open it.
    #[error("no permission to read it")]
    NoPermission,
    /// The system failed while opening or reading.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// No byte in it, or nothing but white space.
    #[error("it is empty")]
    Empty,
    /// Data of another kind altogether.
    #[error("not a trial record: binary data ({0})")]
    Binary(&'static str),
    /// Trial records of a kind that has no parser yet.
    #[error("{0}, which is not read yet")]
    NotReadYet(&'static str),
    /// A NUL byte amid text.
    #[error("a NUL byte at byte {0} of its stream")]
    NulByte(u64),
    /// Text in an encoding that is not supported.
    #[error("text in {0}, which is not supported")]
    UnsupportedEncoding(&'static str),
    /// One record above [`Limits::max_record_bytes`].
    #[error("the record is {} than the limit of {limit} bytes", Size(*.size, *.exact))]
    TooLong {
        /// Bytes of the record seen.
        size: u64,
        /// Whether `size` is all of it; a page is not read to its end only to be measured.
        exact: bool,
        /// The limit in bytes.
        limit: u64,
    },
    /// Output far beyond the input: see [`Limits::max_ratio`].
    #[error("{packed} packed bytes unpack to more than {unpacked} bytes; stopped there")]
    ZipBomb {
        /// Compressed bytes read.
        packed: u64,
        /// Bytes they had given when the reading stopped.
        unpacked: u64,
    },
    /// Archives within archives above [`Limits::max_nesting`].
    #[error("archives are nested more than {0} deep")]
    TooNested(u32),
    /// A zip without its end: the rest of the download is missing.
    #[error("the zip archive is cut off: its directory at the end is missing")]
    CutOffZip,
    /// A zip whose directory contradicts itself.
    #[error("the zip archive is damaged: {0}")]
    DamagedZip(&'static str),
    /// A compressed stream that ends too early.
    #[error("the compressed data is cut off")]
    CutOffCompression,
    /// Compressed data that cannot be unpacked.
    #[error("the compressed data is damaged: {0}")]
    DamagedCompression(String),
    /// The contents are not those that were packed.
    #[error("the checksum is wrong: the data is damaged")]
    BadChecksum,
    /// A member that needs a password.
    #[error("the archive member is encrypted")]
    Encrypted,
    /// A member packed by a method other than deflate.
    #[error("the archive member is compressed with {0}, which is not supported")]
    UnsupportedCompression(String),
    /// JSON that ends before it is complete.
    #[error("the JSON is cut off")]
    CutOffJson,
    /// JSON that is none.
    #[error("broken JSON: {0}")]
    BrokenJson(String),
    /// Bytes between or behind JSON records that belong to none.
    #[error("not a JSON object: `{0}`")]
    Stray(String),
    /// Objects in a list of studies that are none.
    #[error("{0} entries before the first study of their list are no studies")]
    NotStudies(u64),
    /// A list of studies without a study.
    #[error("the list of studies is empty")]
    EmptyList,
    /// An XML record that ends before it is complete.
    #[error("the XML is cut off: `</clinical_study>` is missing")]
    CutOffXml,
    /// An XML record in which the next one begins.
    #[error("broken XML: the next `<clinical_study>` begins before this one ends")]
    UnclosedXml,
    /// XML of another kind.
    #[error("XML without a `<clinical_study>` element (its root is `<{0}>`)")]
    ForeignXml(String),
}

/// "70 bytes, more" or "at least 70 bytes, more".
struct Size(u64, bool);

impl fmt::Display for Size {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let least = if self.1 { "" } else { "at least " };
        write!(out, "{least}{} bytes long, more", self.0)
    }
}

impl RejectReason {
    /// Whether it is of a trial record that was to be read, not of something else.
    pub(crate) fn concerns_a_record(&self) -> bool {
        !matches!(
            self,
            Self::Empty
                | Self::NotReadYet(_)
                | Self::Stray(_)
                | Self::NotStudies(_)
                | Self::EmptyList
                | Self::ForeignXml(_)
        )
    }

    /// What the user can do about it, where there is something; a lower-case fragment without full stop.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotFound => "check the spelling of the path",
            Self::NoPermission => "change the permissions, or run as a user who may read it",
            Self::NotAFile(_) => "pipe its output in and name `-` as the path",
            Self::NotReadYet(_) => {
                "download the same trials as ClinicalTrials.gov JSON or XML if they are registered there"
            }
            Self::NulByte(_) => "the file is damaged or not text; download it again",
            Self::UnsupportedEncoding(_) => "save it as UTF-8",
            Self::TooLong { .. } => {
                "no trial record is that long; look whether the file is what it should be"
            }
            Self::ZipBomb { .. } => {
                "unpack it with another program if you trust it, and name the folder"
            }
            Self::TooNested(_) | Self::UnsupportedCompression(_) => {
                "unzip it first and name the folder"
            }
            Self::Encrypted => "unzip it with its password and name the folder",
            Self::CutOffZip
            | Self::CutOffCompression
            | Self::DamagedZip(_)
            | Self::DamagedCompression(_)
            | Self::BadChecksum => "download it again; what could be read of it was read",
            Self::CutOffJson | Self::CutOffXml => {
                "the download was probably interrupted; download it again"
            }
            _ => return None,
        })
    }
}

/// Bounds on what one input may cost. The defaults let every real record in (the longest known are below 2 MB).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest record, in bytes as it lies in its stream. 64 MiB: thirty times the longest real record, and still
    /// small beside the memory an index writer needs; it is also what bounds the memory of the input side.
    pub max_record_bytes: u64,
    /// How many archives may lie within each other, `.gz` included. 3: a zip of zips of `.gz` files is as deep as
    /// real downloads go, and an archive that contains itself must end.
    pub max_nesting: u32,
    /// Unpacked bytes per packed byte beyond which unpacking stops. 200: records of this kind pack 4 to 15 times,
    /// runs of spaces hundreds of times, and deflate cannot do better than 1032.
    pub max_ratio: u64,
    /// Output in bytes below which the ratio is not looked at. 64 MiB: a harmless file of blanks may pack well.
    pub ratio_floor: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_record_bytes: 64 << 20,
            max_nesting: 3,
            max_ratio: 200,
            ratio_floor: 64 << 20,
        }
    }
}
