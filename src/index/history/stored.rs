//! The bytes in which the versions of a trial lie in its document: what is known of each, then the differences.
//!
//! Nearly every trial has at least the first and last snapshot of its one version after some updates of an index, so the numbers stand
//! bare: 46 bytes for one version. All are little endian.

use crate::index::history::states::{Form, State, States, Strand};
use crate::schema::StoredRecordError;
use crate::trial::SourceFormat;

/// Counts changes of the form.
const FORM: u8 = 1;

/// Stands for a day that is not known.
const NO_DAY: i32 = i32::MIN;

/// Stands for the length of a difference where the version is the record.
const IS_RECORD: u32 = u32::MAX;

/// Writes versions.
pub(super) fn write(states: &States) -> Result<Vec<u8>, StoredRecordError> {
    let too_long = || damaged("it is too long");
    let count = |number: usize| u32::try_from(number).map_err(|_| too_long());
    let mut bytes = vec![FORM];
    let mut deltas: Vec<&[u8]> = Vec::new();
    let forgotten = u32::try_from(states.forgotten).unwrap_or(u32::MAX);
    bytes.extend_from_slice(&forgotten.to_le_bytes());
    bytes.push(u8::try_from(states.strands.len()).map_err(|_| too_long())?);
    for strand in &states.strands {
        let format = SourceFormat::ALL
            .iter()
            .position(|format| *format == strand.format);
        bytes.push(
            format
                .and_then(|place| u8::try_from(place).ok())
                .ok_or_else(too_long)?,
        );
        bytes.extend_from_slice(&count(strand.states.len())?.to_le_bytes());
        for state in &strand.states {
            for day in [Some(state.updated), state.first, state.last] {
                let day = day
                    .map_or(Ok(NO_DAY), i32::try_from)
                    .map_err(|_| too_long())?;
                bytes.extend_from_slice(&day.to_le_bytes());
            }
            bytes.extend_from_slice(&state.taken.to_le_bytes());
            bytes.extend_from_slice(&state.hash.to_le_bytes());
            let length = match &state.form {
                Form::Record => IS_RECORD,
                Form::Delta(delta) | Form::Whole(delta) => {
                    deltas.push(delta);
                    count(delta.len())?
                }
            };
            bytes.extend_from_slice(&length.to_le_bytes());
        }
    }
    deltas
        .iter()
        .for_each(|delta| bytes.extend_from_slice(delta));
    Ok(bytes)
}

/// Reads versions.
pub(super) fn read(stored: &[u8]) -> Result<States, StoredRecordError> {
    let mut rest = stored;
    if number::<1>(&mut rest)? != [FORM] {
        return Err(damaged("it is of another version"));
    }
    let forgotten = u64::from(u32::from_le_bytes(number(&mut rest)?));
    let mut strands = Vec::new();
    let mut lengths = Vec::new();
    for _ in 0..u8::from_le_bytes(number(&mut rest)?) {
        let format = usize::from(u8::from_le_bytes(number(&mut rest)?));
        let format = *SourceFormat::ALL
            .get(format)
            .ok_or_else(|| damaged("an unknown format"))?;
        let mut states = Vec::new();
        for _ in 0..u32::from_le_bytes(number(&mut rest)?) {
            let mut day = || -> Result<Option<i64>, StoredRecordError> {
                let day = i32::from_le_bytes(number(&mut rest)?);
                Ok((day != NO_DAY).then_some(i64::from(day)))
            };
            let (updated, first, last) = (day()?, day()?, day()?);
            states.push(State {
                updated: updated.ok_or_else(|| damaged("a version without a day"))?,
                first,
                last,
                taken: i64::from_le_bytes(number(&mut rest)?),
                hash: u64::from_le_bytes(number(&mut rest)?),
                form: Form::Record,
            });
            lengths.push(u32::from_le_bytes(number(&mut rest)?));
        }
        strands.push(Strand { format, states });
    }
    let states = strands.iter_mut().flat_map(|strand| &mut strand.states);
    for (state, length) in states
        .zip(lengths)
        .filter(|(_, length)| *length != IS_RECORD)
    {
        let (delta, others) = rest
            .split_at_checked(length as usize)
            .ok_or_else(|| damaged("it is cut off"))?;
        state.form = Form::Delta(delta.to_vec());
        rest = others;
    }
    Ok(States { strands, forgotten })
}

fn number<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], StoredRecordError> {
    let (number, others) = rest
        .split_first_chunk()
        .ok_or_else(|| damaged("it is cut off"))?;
    *rest = others;
    Ok(*number)
}

fn damaged(what: &str) -> StoredRecordError {
    StoredRecordError::Damaged(format!("history: {what}"))
}
