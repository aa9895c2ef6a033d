//! Vectors and their clusters as Apache Parquet, with the columns of the CSV.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::VectorClustersReport;
use crate::source::own::{CLUSTERS_COLUMNS, CLUSTERS_PARQUET};

/// Rows per row group.
const GROUP: usize = 65_536;

impl VectorClustersReport {
    /// Writes a table of all vectors with the numbers of their clusters, in the order of their rows.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_parquet(&self, out: impl Write + Send) -> io::Result<()> {
        let [id, cluster] = CLUSTERS_COLUMNS;
        let schema = parse_message_type(&format!(
            "message vectors {{ required binary {id} (UTF8); required int64 {cluster}; }}"
        ))?;
        let maker = format!("{CLUSTERS_PARQUET}{}", env!("CARGO_PKG_VERSION"));
        let properties = WriterProperties::builder().set_created_by(maker).build();
        let mut file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
        let rows: Vec<(&str, usize)> = self.rows().collect();
        for rows in rows.chunks(GROUP) {
            let mut group = file.next_row_group()?;
            if let Some(mut column) = group.next_column()? {
                let ids: Vec<ByteArray> = rows.iter().map(|(id, _)| (*id).into()).collect();
                column.typed::<ByteArrayType>().write_batch(&ids, None, None)?;
                column.close()?;
            }
            if let Some(mut column) = group.next_column()? {
                let clusters: Vec<i64> = rows.iter().map(|(_, cluster)| *cluster as i64).collect();
                column.typed::<Int64Type>().write_batch(&clusters, None, None)?;
                column.close()?;
            }
            group.close()?;
        }
        file.into_inner()?.flush()
    }
}
