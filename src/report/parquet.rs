//! A report's table as Apache Parquet, with the columns of the CSV; numbers are stored as numbers, and missing values
//! are null.

use std::sync::Arc;

use parquet::basic::{ConvertedType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::Report;
use super::table::{Cell, KINDS, Row, rows};
use crate::source::own::{COLUMNS, PARQUET};

/// The table, one row per passage, as the bytes of a file.
///
/// # Errors
/// Never, in practice: writing to memory does not fail.
pub fn parquet(report: &Report) -> Result<Vec<u8>, ParquetError> {
    let rows: Vec<Row> = rows(report).collect();
    let properties =
        WriterProperties::builder().set_created_by(format!("{PARQUET}{}", report.settings.version)).build();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema()?), Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    (0..COLUMNS.len()).try_for_each(|column| write(&mut group, &rows, column))?;
    group.close()?;
    file.into_inner()
}

/// The schema, in which every column is optional.
fn schema() -> Result<Type, ParquetError> {
    let column = |(name, kind): (&&str, &Cell)| {
        let (physical, converted) = match kind {
            Cell::Text(_) => (Physical::BYTE_ARRAY, ConvertedType::UTF8),
            Cell::Count(_) => (Physical::INT64, ConvertedType::NONE),
            Cell::Decimal(..) => (Physical::DOUBLE, ConvertedType::NONE),
        };
        let column = Type::primitive_type_builder(name, physical).with_converted_type(converted);
        Ok(Arc::new(column.with_repetition(Repetition::OPTIONAL).build()?))
    };
    let columns = COLUMNS.iter().zip(&KINDS).map(column).collect::<Result<_, ParquetError>>()?;
    Type::group_type_builder("passages").with_fields(columns).build()
}

fn write(group: &mut SerializedRowGroupWriter<'_, Vec<u8>>, rows: &[Row], column: usize) -> Result<(), ParquetError> {
    let Some(mut writer) = group.next_column()? else { return Ok(()) };
    let cells = || rows.iter().map(|row| &row[column]);
    // 1 for a value, 0 for a missing one.
    let present: Vec<i16> = cells().map(|cell| i16::from(!cell.is_missing())).collect();
    match KINDS[column] {
        Cell::Text(_) => {
            let values: Vec<ByteArray> = cells()
                .filter_map(|cell| if let Cell::Text(Some(text)) = cell { Some(text.as_str().into()) } else { None })
                .collect();
            writer.typed::<ByteArrayType>().write_batch(&values, Some(&present), None)?;
        }
        Cell::Count(_) => {
            let values: Vec<i64> = cells()
                .filter_map(|cell| if let Cell::Count(Some(count)) = cell { i64::try_from(*count).ok() } else { None })
                .collect();
            writer.typed::<Int64Type>().write_batch(&values, Some(&present), None)?;
        }
        Cell::Decimal(..) => {
            let rounded = |number: f64, decimals: usize| {
                (number * 10f64.powi(decimals as i32)).round() / 10f64.powi(decimals as i32)
            };
            let values: Vec<f64> = cells()
                .filter_map(|cell| {
                    if let Cell::Decimal(Some(number), decimals) = cell {
                        Some(rounded(*number, *decimals))
                    } else {
                        None
                    }
                })
                .collect();
            writer.typed::<DoubleType>().write_batch(&values, Some(&present), None)?;
        }
    }
    writer.close()
}
