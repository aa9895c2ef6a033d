//! Reads vectors from Apache Parquet, and writes them: a column of lists of floats, and the ids beside it.

use std::fs::File;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use half::f16;
use ndarray::{Array2, ArrayView2};
use parquet::basic::Type as Physical;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, FixedLenByteArray, FloatType};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnDescPtr;

use super::{VectorsError, different, normalize};
use crate::kernels::MAX_DIM;

/// Rows that are read at a time.
const BATCH: usize = 1024;
/// Names of the column of vectors if there are several columns of lists.
const NAMES: [&str; 4] = ["embedding", "embeddings", "vector", "vectors"];

/// Reads the only column of lists of floats, or the one named `embedding` or `vector`, and scales each row to length 1;
/// also reads the column `id`, if there is one.
///
/// # Errors
/// When the file cannot be read or has no such column, rows differ in length or have no direction, or ids are not
/// unique.
pub fn read_parquet(path: &Path) -> Result<(Array2<f32>, Option<Vec<String>>), VectorsError> {
    let wrong = |what: String| VectorsError { path: path.to_owned(), what, source: None };
    let file = File::open(path).map_err(|error| VectorsError {
        path: path.to_owned(),
        what: error.to_string(),
        source: Some(error),
    })?;
    // A parser that panics on a damaged file must not end the program without a message.
    catch_unwind(AssertUnwindSafe(|| read(file))).unwrap_or_else(|_| Err(damaged("the parser failed"))).map_err(wrong)
}

fn damaged(why: impl std::fmt::Display) -> String {
    format!("is not readable as Parquet, or is damaged: {why}")
}

fn read(file: File) -> Result<(Array2<f32>, Option<Vec<String>>), String> {
    let of_parser = |error: ParquetError| damaged(error);
    let file = SerializedFileReader::new(file).map_err(of_parser)?;
    let columns = file.metadata().file_metadata().schema_descr().columns();
    let (vectors, ids) = (vectors_column(columns)?, ids_column(columns));
    let mut found = Rows::default();
    let mut names = Vec::new();
    for group in 0..file.num_row_groups() {
        let group = file.get_row_group(group).map_err(of_parser)?;
        let levels = columns[vectors].max_def_level();
        match group.get_column_reader(vectors).map_err(of_parser)? {
            ColumnReader::FloatColumnReader(column) => found.add(column, levels, |value| *value)?,
            ColumnReader::DoubleColumnReader(column) => found.add(column, levels, |value| *value as f32)?,
            ColumnReader::FixedLenByteArrayColumnReader(column) => found.add(column, levels, half)?,
            _ => return Err("has no column of lists of floats".to_owned()),
        }
        if let Some(ids) = ids {
            let levels = columns[ids].max_def_level();
            match group.get_column_reader(ids).map_err(of_parser)? {
                ColumnReader::ByteArrayColumnReader(column) => {
                    read_ids(column, levels, &mut names, |id: &ByteArray| id.as_utf8().ok().map(str::to_owned))?;
                }
                ColumnReader::Int64ColumnReader(column) => {
                    read_ids(column, levels, &mut names, |id| Some(id.to_string()))?;
                }
                ColumnReader::Int32ColumnReader(column) => {
                    read_ids(column, levels, &mut names, |id| Some(id.to_string()))?;
                }
                _ => return Err("has a column id that is neither text nor whole numbers".to_owned()),
            }
        }
    }
    let n = found.values.len().checked_div(found.dim).unwrap_or(0);
    if ids.is_some() && names.len() != n {
        return Err(format!("has {n} vectors but {} ids", names.len()));
    }
    different(&names)?;
    let vectors = Array2::from_shape_vec((n, found.dim.max(1)), found.values).expect("whole rows");
    Ok((vectors, ids.map(|_| names)))
}

/// Finds the column of vectors.
fn vectors_column(columns: &[ColumnDescPtr]) -> Result<usize, String> {
    let name = |at: &usize| columns[*at].path().parts()[0].clone();
    let of_floats = |at: &usize| {
        let column = &columns[*at];
        let floats = match column.physical_type() {
            Physical::FLOAT | Physical::DOUBLE => true,
            Physical::FIXED_LEN_BYTE_ARRAY => column.type_length() == 2,
            _ => false,
        };
        floats && column.max_rep_level() == 1
    };
    let lists: Vec<usize> = (0..columns.len()).filter(of_floats).collect();
    let named: Vec<usize> = lists.iter().copied().filter(|at| NAMES.contains(&name(at).as_str())).collect();
    match (&lists[..], &named[..]) {
        ([], _) => Err("has no column of lists of floats".to_owned()),
        ([only], _) | (_, [only]) => Ok(*only),
        _ => {
            let names: Vec<String> = lists.iter().map(name).collect();
            Err(format!("has several columns of lists of floats ({}); name one of them embedding", names.join(", ")))
        }
    }
}

fn ids_column(columns: &[ColumnDescPtr]) -> Option<usize> {
    (0..columns.len()).find(|at| columns[*at].path().parts() == ["id"])
}

fn half(value: &FixedLenByteArray) -> f32 {
    value.data().try_into().map_or(f32::NAN, |bytes| f16::from_le_bytes(bytes).to_f32())
}

/// The rows read so far.
#[derive(Default)]
struct Rows {
    dim: usize,
    values: Vec<f32>,
}

impl Rows {
    /// Adds the rows of a column; values with the definition level `present` are not null.
    fn add<T: DataType>(
        &mut self,
        mut column: ColumnReaderImpl<T>,
        present: i16,
        value: impl Fn(&T::T) -> f32,
    ) -> Result<(), String> {
        let (mut defined, mut repeated, mut values) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            defined.clear();
            repeated.clear();
            values.clear();
            let (records, ..) =
                column.read_records(BATCH, Some(&mut defined), Some(&mut repeated), &mut values).map_err(damaged)?;
            if records == 0 {
                return Ok(());
            }
            let mut rest = &values[..];
            let starts = repeated.iter().enumerate().filter(|(_, level)| **level == 0).map(|(at, _)| at);
            let ends = starts.clone().skip(1).chain([repeated.len()]);
            for (start, end) in starts.zip(ends) {
                let row = self.values.len().checked_div(self.dim).unwrap_or(0) + 1;
                if defined[start..end].iter().any(|level| *level != present) {
                    return Err(format!("row {row} is null or empty, or holds null"));
                }
                let (own, later) = rest.split_at_checked(end - start).ok_or_else(|| damaged("values are missing"))?;
                rest = later;
                self.push(row, own.iter().map(&value))?;
            }
        }
    }

    fn push(&mut self, row: usize, values: impl ExactSizeIterator<Item = f32>) -> Result<(), String> {
        let length = values.len();
        if self.dim == 0 {
            self.dim = length;
        }
        if length > MAX_DIM {
            return Err(format!("row {row} has {length} values; vectors have 1 to {MAX_DIM}"));
        }
        if length != self.dim {
            return Err(format!("row {row} has {length} values, but the rows before it have {}", self.dim));
        }
        let start = self.values.len();
        self.values.extend(values);
        normalize(&mut self.values[start..]).map_err(|what| format!("row {row} {what}"))
    }
}

fn read_ids<T: DataType>(
    mut column: ColumnReaderImpl<T>,
    present: i16,
    ids: &mut Vec<String>,
    id: impl Fn(&T::T) -> Option<String>,
) -> Result<(), String> {
    let (mut defined, mut values) = (Vec::new(), Vec::new());
    loop {
        defined.clear();
        values.clear();
        let (records, ..) = column.read_records(BATCH, Some(&mut defined), None, &mut values).map_err(damaged)?;
        if records == 0 {
            return Ok(());
        }
        if defined.iter().any(|level| *level != present) {
            return Err("has a row whose id is null".to_owned());
        }
        for value in &values {
            ids.push(id(value).ok_or_else(|| format!("row {}: its id is not UTF-8", ids.len() + 1))?);
        }
    }
}

/// The file's metadata entry that says who wrote it.
const WRITTEN_BY: &str = "samesay.vectors ";
/// The schema of the columns that are written.
const WRITTEN: &str = "message vectors { required binary id (UTF8); \
                       required group vector (LIST) { repeated group list { required float element; } } }";

/// Whether a Parquet file that ends with `tail` holds vectors that [`VectorsWriter`] wrote.
pub fn are_vectors(tail: &[u8]) -> bool {
    tail.ends_with(b"PAR1") && tail.windows(WRITTEN_BY.len()).any(|window| window == WRITTEN_BY.as_bytes())
}

/// Writes vectors with their ids, for [`read_parquet`] to read.
pub struct VectorsWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
}

impl<W: Write + Send> VectorsWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(out: W) -> Result<Self, ParquetError> {
        // Hardly any value occurs twice.
        let properties = WriterProperties::builder()
            .set_created_by(format!("{WRITTEN_BY}{}", env!("CARGO_PKG_VERSION")))
            .set_dictionary_enabled(false);
        let schema = Arc::new(parse_message_type(WRITTEN)?);
        Ok(Self { file: SerializedFileWriter::new(out, schema, Arc::new(properties.build()))? })
    }

    /// Writes vectors `[n, dim]`, with one id per vector.
    ///
    /// # Errors
    /// When they cannot be written.
    ///
    /// # Panics
    /// When the number of ids differs.
    pub fn write(&mut self, ids: &[String], vectors: ArrayView2<f32>) -> Result<(), ParquetError> {
        assert_eq!(ids.len(), vectors.nrows());
        let mut group = self.file.next_row_group()?;
        let ids: Vec<ByteArray> = ids.iter().map(|id| id.as_str().into()).collect();
        if let Some(mut column) = group.next_column()? {
            column.typed::<ByteArrayType>().write_batch(&ids, None, None)?;
            column.close()?;
        }
        let values: Vec<f32> = vectors.iter().copied().collect();
        let repeated: Vec<i16> = vectors.indexed_iter().map(|((_, at), _)| i16::from(at > 0)).collect();
        if let Some(mut column) = group.next_column()? {
            column.typed::<FloatType>().write_batch(&values, Some(&vec![1; values.len()]), Some(&repeated))?;
            column.close()?;
        }
        group.close().map(drop)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<(), ParquetError> {
        self.file.close().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use parquet::data_type::{DoubleType, Int64Type};

    use super::*;

    const LISTS: &str = "message m { optional binary id (UTF8); \
                         optional group embedding (LIST) { repeated group list { optional float element; } } }";

    /// A column as definition levels, repetition levels, and values.
    type Column<'a, T> = (&'a [i16], &'a [i16], &'a [T]);

    fn file(message: &str, ids: &[&str], (defined, repeated, values): Column<f32>) -> Vec<u8> {
        let schema = Arc::new(parse_message_type(message).unwrap());
        let compressed = WriterProperties::builder().set_compression(parquet::basic::Compression::SNAPPY).build();
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(compressed)).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        if message.contains("int64 id") {
            let ids: Vec<i64> = ids.iter().map(|id| id.parse().unwrap()).collect();
            column.typed::<Int64Type>().write_batch(&ids, Some(&vec![1; ids.len()]), None).unwrap();
        } else {
            let ids: Vec<ByteArray> = ids.iter().map(|id| (*id).into()).collect();
            column.typed::<ByteArrayType>().write_batch(&ids, Some(&vec![1; ids.len()]), None).unwrap();
        }
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        if message.contains("double") {
            let values: Vec<f64> = values.iter().map(|value| f64::from(*value)).collect();
            column.typed::<DoubleType>().write_batch(&values, Some(defined), Some(repeated)).unwrap();
        } else {
            column.typed::<FloatType>().write_batch(values, Some(defined), Some(repeated)).unwrap();
        }
        column.close().unwrap();
        group.close().unwrap();
        writer.into_inner().unwrap()
    }

    fn of(bytes: &[u8]) -> Result<(Array2<f32>, Option<Vec<String>>), String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        read_parquet(file.path()).map_err(|error| error.what)
    }

    #[test]
    fn lists_of_floats_with_ids() {
        let column: Column<f32> = (&[3, 3, 3, 3], &[0, 1, 0, 1], &[3.0, 4.0, 0.0, -7.0]);
        let expected = ndarray::array![[0.6, 0.8], [0.0, -1.0]];
        let names = |ids: [&str; 2]| Some(ids.map(str::to_owned).to_vec());
        assert_eq!(of(&file(LISTS, &["a", "b"], column)), Ok((expected.clone(), names(["a", "b"]))));
        let numbers = LISTS.replace("binary id (UTF8)", "int64 id").replace("float", "double");
        assert_eq!(of(&file(&numbers, &["7", "-1"], column)), Ok((expected.clone(), names(["7", "-1"]))));
        let unnamed = LISTS.replace(" id ", " text ").replace("embedding", "x");
        assert_eq!(of(&file(&unnamed, &["a", "a"], column)), Ok((expected, None)));
    }

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        let mut writer = VectorsWriter::new(&mut bytes).unwrap();
        let ids = ["a".to_owned(), "b".to_owned(), "=c\n".to_owned()];
        let vectors = ndarray::array![[0.6, 0.8], [0.0, -1.0], [1.0, 0.0]];
        writer.write(&ids[..2], vectors.slice(ndarray::s![..2, ..])).unwrap();
        writer.write(&ids[2..], vectors.slice(ndarray::s![2.., ..])).unwrap();
        writer.finish().unwrap();
        assert_eq!(of(&bytes), Ok((vectors, Some(ids.to_vec()))));
        assert!(are_vectors(&bytes) && !are_vectors(&bytes[..bytes.len() - 1]));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let good: Column<f32> = (&[3, 3, 3, 3], &[0, 1, 0, 1], &[3.0, 4.0, 0.0, -7.0]);
        let cases: [(&[&str], Column<f32>, &str); 6] = [
            (
                &["a", "b"],
                (&[3, 3, 3], &[0, 1, 0], &[1.0, 2.0, 3.0]),
                "row 2 has 1 values, but the rows before it have 2",
            ),
            (&["a", "b"], (&[3, 3, 1], &[0, 1, 0], &[1.0, 2.0]), "row 2 is null or empty"),
            (&["a", "b"], (&[3, 3, 3, 2], &[0, 1, 0, 1], &[1.0, 2.0, 3.0]), "row 2 is null or empty, or holds null"),
            (&["a", "b"], (&[3, 3], &[0, 0], &[1.0, f32::NAN]), "row 2 holds NaN"),
            (&["a", "b"], (&[3, 3], &[0, 0], &[0.0, 1.0]), "row 1 is all zeros"),
            (&["a", "a"], good, "names a twice"),
        ];
        for (ids, column, message) in cases {
            let error = of(&file(LISTS, ids, column)).unwrap_err();
            assert!(error.contains(message), "{error} is not about {message}");
        }
        let flat = "message m { optional binary id (UTF8); optional float embedding; }";
        let schema = Arc::new(parse_message_type(flat).unwrap());
        let empty = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap().into_inner().unwrap();
        assert!(of(&empty).unwrap_err().contains("no column of lists"));
        // Truncated or changed in any way, a file gives an error or a result, never a panic.
        let whole = file(LISTS, &["a", "b"], good);
        for length in 0..whole.len() {
            assert!(of(&whole[..length]).unwrap_err().contains("is not readable as Parquet"), "{length}");
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x55;
            drop(of(&changed));
        }
    }
}
