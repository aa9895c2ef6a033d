//! Pairs as Apache Parquet, with the columns of the CSV; numbers are stored as numbers, and missing values are null.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{ConvertedType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::{PairRef, UnitRef};
use crate::source::own::{PAIRS_COLUMNS, PAIRS_PARQUET};

/// Rows per row group, written at once.
const GROUP: usize = 65_536;

/// Row groups on their way to a file.
pub struct Groups<W: Write + Send> {
    file: SerializedFileWriter<W>,
    /// Rows of the next group.
    rows: Vec<PairRef>,
}

impl<W: Write + Send> Groups<W> {
    pub(super) fn new(out: W) -> Result<Self, ParquetError> {
        let properties =
            WriterProperties::builder().set_created_by(format!("{PAIRS_PARQUET}{}", env!("CARGO_PKG_VERSION"))).build();
        let file = SerializedFileWriter::new(out, Arc::new(schema()?), Arc::new(properties))?;
        Ok(Self { file, rows: Vec::new() })
    }

    pub(super) fn write(&mut self, row: PairRef) -> io::Result<()> {
        self.rows.push(row);
        if self.rows.len() == GROUP {
            self.write_group()?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        if !self.rows.is_empty() {
            self.write_group()?;
        }
        self.file.into_inner()?.flush()
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let some = std::mem::take(&mut self.rows);
        let mut group = self.file.next_row_group()?;
        let mut column = 0;
        while let Some(mut writer) = group.next_column()? {
            let typed = &mut writer;
            match column {
                10 => {
                    let values: Vec<f64> = some.iter().map(|row| rounded(row.score.0, 4)).collect();
                    typed.typed::<DoubleType>().write_batch(&values, None, None)?;
                }
                11 => {
                    let of = |row: &PairRef| row.percentile.map(|percentile| rounded(percentile.0, 2));
                    let (values, present) = optional(&some, of);
                    typed.typed::<DoubleType>().write_batch(&values, Some(&present), None)?;
                }
                12 => {
                    let values: Vec<bool> = some.iter().map(|row| row.alike).collect();
                    typed.typed::<BoolType>().write_batch(&values, None, None)?;
                }
                3 | 8 => {
                    let of = |row: &PairRef| unit(row, column).line_start.and_then(|line| i64::try_from(line).ok());
                    let (values, present) = optional(&some, of);
                    typed.typed::<Int64Type>().write_batch(&values, Some(&present), None)?;
                }
                _ => {
                    let (values, present) = optional(&some, |row| text(unit(row, column), column % 5));
                    typed.typed::<ByteArrayType>().write_batch(&values, Some(&present), None)?;
                }
            }
            writer.close()?;
            column += 1;
        }
        group.close().map(drop)
    }
}

/// The unit that a column belongs to: the first five columns are for A, as in [`PAIRS_COLUMNS`].
fn unit(row: &PairRef, column: usize) -> &UnitRef {
    if column < 5 { &row.a } else { &row.b }
}

fn text(unit: &UnitRef, column: usize) -> Option<ByteArray> {
    let text = match column {
        0 => Some(&unit.id),
        1 => unit.source.as_ref(),
        2 => unit.path.as_ref(),
        _ => unit.text.as_ref(),
    };
    text.map(|text| text.as_str().into())
}

/// The values that are present, and for each row whether it has one.
fn optional<T>(rows: &[PairRef], of: impl Fn(&PairRef) -> Option<T>) -> (Vec<T>, Vec<i16>) {
    let values: Vec<Option<T>> = rows.iter().map(of).collect();
    let present = values.iter().map(|value| i16::from(value.is_some())).collect();
    (values.into_iter().flatten().collect(), present)
}

fn rounded(number: f32, decimals: i32) -> f64 {
    (f64::from(number) * 10f64.powi(decimals)).round() / 10f64.powi(decimals)
}

fn schema() -> Result<Type, ParquetError> {
    let column = |(at, name): (usize, &&str)| {
        let (physical, converted, repetition) = match at {
            10 => (Physical::DOUBLE, ConvertedType::NONE, Repetition::REQUIRED),
            11 => (Physical::DOUBLE, ConvertedType::NONE, Repetition::OPTIONAL),
            12 => (Physical::BOOLEAN, ConvertedType::NONE, Repetition::REQUIRED),
            3 | 8 => (Physical::INT64, ConvertedType::NONE, Repetition::OPTIONAL),
            _ => (Physical::BYTE_ARRAY, ConvertedType::UTF8, Repetition::OPTIONAL),
        };
        let column = Type::primitive_type_builder(name, physical).with_converted_type(converted);
        Ok(Arc::new(column.with_repetition(repetition).build()?))
    };
    let columns = PAIRS_COLUMNS.iter().enumerate().map(column).collect::<Result<_, ParquetError>>()?;
    Type::group_type_builder("pairs").with_fields(columns).build()
}
