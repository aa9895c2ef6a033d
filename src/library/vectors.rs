//! Vectors computed elsewhere: `.npy` files, as `NumPy` writes them, with ids in a text file; and Parquet, if that is
//! built in.
//!
//! Files are hostile: nothing that a header says is trusted, and no more memory is allocated than the file has bytes
//! for.

#[cfg(feature = "parquet")]
mod parquet;

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek};
use std::path::{Path, PathBuf};

use half::f16;
use ndarray::Array2;
use rayon::prelude::*;

use crate::kernels::MAX_DIM;

#[cfg(feature = "parquet")]
pub use parquet::{VectorsWriter, are_vectors, read_parquet};

/// Maximum number of bytes of a header; `NumPy` itself refuses more than 10,000 characters.
const MAX_HEAD: usize = 1 << 16;
/// Bytes that are read at a time.
const CHUNK: usize = 1 << 20;
/// Maximum number of bytes of an id.
const MAX_ID: u64 = 4096;
/// Maximum number of rows, so that they can be counted in 32 bits.
const MAX_ROWS: usize = u32::MAX as usize;

/// Why vectors cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {what}", path.display())]
pub struct VectorsError {
    /// Path of the file.
    pub path: PathBuf,
    /// What is wrong, and what to do.
    pub what: String,
    /// What the system reported.
    #[source]
    pub source: Option<io::Error>,
}

/// Reads vectors `[n, dim]` of 32-bit or 16-bit floats, and scales each to length 1.
///
/// # Errors
/// As for [`Npy::open`] and [`Npy::read`].
pub fn read_npy(path: &Path) -> Result<Array2<f32>, VectorsError> {
    Npy::open(path)?.read_all()
}

/// A `.npy` file with vectors `[n, dim]` of 32-bit or 16-bit floats, whose rows are read as they are needed.
pub struct Npy {
    path: PathBuf,
    file: File,
    head: Head,
    /// Offset of the first row.
    begin: u64,
}

impl Npy {
    /// Opens the file at `path`; the content of a pipe is copied to a temporary file, which lives as long as this.
    ///
    /// # Errors
    /// When the file cannot be read, is not a `.npy` file of vectors, or has too few or too many bytes.
    pub fn open(path: &Path) -> Result<Self, VectorsError> {
        let wrong = |what: String| VectorsError { path: path.to_owned(), what, source: None };
        let failed = |error: io::Error| failed(path, error);
        let mut file = File::open(path).map_err(failed)?;
        let kind = file.metadata().map_err(failed)?.file_type();
        if kind.is_dir() {
            return Err(wrong("is a folder; name a .npy file".to_owned()));
        }
        let head = Head::read(&mut file).map_err(failed)?.map_err(wrong)?;
        let begin = if kind.is_file() { file.stream_position() } else { Ok(0) }.map_err(failed)?;
        if !kind.is_file() {
            file = kept(file, head.bytes() + 1).map_err(failed)?;
        }
        let there = file.metadata().map_err(failed)?.len().saturating_sub(begin);
        if there < head.bytes() {
            let rows = there / (head.dim * head.width()) as u64;
            let are = if rows == 1 { "is" } else { "are" };
            return Err(wrong(format!(
                "is truncated: its header says {} rows, but only {rows} {are} complete",
                head.rows
            )));
        }
        if there > head.bytes() {
            return Err(wrong(format!(
                "has more data than its header declares for the shape ({}, {})",
                head.rows, head.dim
            )));
        }
        Ok(Self { path: path.to_owned(), file, head, begin })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.head.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Length of a row.
    pub fn dim(&self) -> usize {
        self.head.dim
    }

    /// Reads rows into `values`, from row `first` until it is full, each scaled to length 1.
    ///
    /// # Errors
    /// When the file cannot be read or has too few rows, or a row has no direction because it is all zeros or holds a
    /// value that is not finite.
    pub fn read(&self, first: usize, values: &mut [f32]) -> Result<(), VectorsError> {
        self.read_unscaled(first, values)?;
        values.chunks_exact_mut(self.dim()).zip(first..).try_for_each(|(row, at)| self.scale(at, row))
    }

    /// Scales the row at a position, from 0, to length 1.
    ///
    /// # Errors
    /// When it has no direction because it is all zeros or holds a value that is not finite.
    pub fn scale(&self, at: usize, row: &mut [f32]) -> Result<(), VectorsError> {
        let wrong = |what| VectorsError { path: self.path.clone(), what, source: None };
        normalize(row).map_err(|what| wrong(format!("row {} {what}", at + 1)))
    }

    /// Reads rows into `values`, from row `first` until it is full, as they are.
    ///
    /// # Errors
    /// When the file cannot be read or has too few rows.
    pub fn read_unscaled(&self, first: usize, values: &mut [f32]) -> Result<(), VectorsError> {
        let (dim, width) = (self.dim(), self.head.width());
        let wrong = |what| VectorsError { path: self.path.clone(), what, source: None };
        let rows = values.len() / dim;
        if rows * dim != values.len() || first.checked_add(rows).is_none_or(|end| end > self.len()) {
            let (has, len) = (self.len(), values.len());
            return Err(wrong(format!(
                "has {has} rows of {dim} values: it does not contain {len} values from row {first}"
            )));
        }
        let at = self.begin + (first * dim * width) as u64;
        self.head.read_values(&self.file, values, at).map_err(|error| failed(&self.path, error))
    }

    /// Reads all rows `[n, dim]`, each scaled to length 1.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    ///
    /// # Panics
    /// Never: the number of rows read is the one in the header.
    pub fn read_all(&self) -> Result<Array2<f32>, VectorsError> {
        let dim = self.dim();
        let mut values = vec![0.0; self.len() * dim];
        let at_once = (CHUNK / (dim * self.head.width())).max(1);
        let chunks = values.par_chunks_mut(at_once * dim).enumerate();
        match chunks.find_map_first(|(chunk, values)| self.read(chunk * at_once, values).err()) {
            Some(problem) => Err(problem),
            None => Ok(Array2::from_shape_vec((self.len(), dim), values).expect("as many values as the header says")),
        }
    }
}

fn failed(path: &Path, error: io::Error) -> VectorsError {
    let path = path.to_owned();
    match error.kind() {
        ErrorKind::UnexpectedEof => VectorsError { path, what: "is truncated".to_owned(), source: None },
        _ => VectorsError { path, what: error.to_string(), source: Some(error) },
    }
}

/// A copy of at most `most` bytes from a pipe.
fn kept(from: File, most: u64) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut from.take(most), &mut file)?;
    Ok(file)
}

/// Fills `bytes` from an offset in a file, which several threads may do at once.
#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, at)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => (bytes, at) = (&mut bytes[read..], at + read as u64),
        }
    }
    Ok(())
}

/// Scales a row to length 1.
fn normalize(row: &mut [f32]) -> Result<(), &'static str> {
    // Eight independent sums, which the CPU can compute in parallel.
    let (eights, rest) = row.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for eight in eights {
        sums.iter_mut().zip(eight).for_each(|(sum, value)| *sum += f64::from(*value) * f64::from(*value));
    }
    let rest: f64 = rest.iter().map(|value| f64::from(*value) * f64::from(*value)).sum();
    let square = sums.iter().sum::<f64>() + rest;
    // The square of a finite f32 cannot overflow f64, nor can a sum of such squares.
    if !square.is_finite() {
        return Err("holds NaN or infinity; remove it, or compute it again");
    }
    if square == 0.0 {
        return Err("is all zeros, so it has no direction; remove it");
    }
    let scale = 1.0 / square.sqrt();
    row.iter_mut().for_each(|value| *value = (f64::from(*value) * scale) as f32);
    Ok(())
}

/// The header of a `.npy` file (`NumPy`'s documentation, "NPY format").
#[derive(Debug, PartialEq, Eq)]
struct Head {
    rows: usize,
    dim: usize,
    /// Whether the values have half precision.
    half: bool,
}

impl Head {
    /// Reads a header; the outer errors are those of the system.
    fn read(from: &mut impl Read) -> io::Result<Result<Self, String>> {
        let mut begin = [0; 8];
        match from.read_exact(&mut begin) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => begin = [0; 8],
            read => read?,
        }
        if begin[..6] != *b"\x93NUMPY" {
            return Ok(Err("is not a .npy file; save one with numpy.save(file, array)".to_owned()));
        }
        let length = match begin[6] {
            1 => {
                let mut length = [0; 2];
                from.read_exact(&mut length)?;
                usize::from(u16::from_le_bytes(length))
            }
            2 | 3 => {
                let mut length = [0; 4];
                from.read_exact(&mut length)?;
                u32::from_le_bytes(length) as usize
            }
            version => return Ok(Err(format!("has .npy version {version}, which is not supported"))),
        };
        if length > MAX_HEAD {
            return Ok(Err("has a header that is too long for vectors".to_owned()));
        }
        let mut head = vec![0; length];
        from.read_exact(&mut head)?;
        Ok(Self::parse(&String::from_utf8_lossy(&head)))
    }

    /// Parses a dictionary with three keys, as Python writes it.
    fn parse(head: &str) -> Result<Self, String> {
        let value = |key: &str| {
            let unknown = || format!("has a header without {key}; save it with numpy.save(file, array)");
            let from = head.split_once(&format!("'{key}':")).ok_or_else(unknown)?.1.trim_start();
            Ok::<&str, String>(from)
        };
        let half = match value("descr")? {
            of if of.starts_with("'<f4'") => false,
            of if of.starts_with("'<f2'") => true,
            of => {
                let named: String = of.chars().take_while(|c| !",}".contains(*c)).take(20).collect();
                let how = "save it with array.astype(\"float32\")";
                return Err(format!("holds values of type {}, not 32-bit or 16-bit floats; {how}", named.trim()));
            }
        };
        if !value("fortran_order")?.starts_with("False") {
            let how = "save it with numpy.save(file, numpy.ascontiguousarray(array))";
            return Err(format!("is in Fortran order, column by column; {how}"));
        }
        let shape = value("shape")?.strip_prefix('(').and_then(|shape| shape.split_once(')'));
        let shape = shape.ok_or("has a header without a shape".to_owned())?.0;
        let sizes: Vec<&str> = shape.split(',').map(str::trim).filter(|size| !size.is_empty()).collect();
        let sizes: Option<Vec<usize>> = sizes.into_iter().map(|size| size.parse().ok()).collect();
        let shown = format!("has the shape ({})", shape.chars().take(40).collect::<String>());
        let [rows, dim] = sizes.as_deref().unwrap_or_default() else {
            return Err(format!("{shown}; vectors are rows of a two-dimensional array (n, dim)"));
        };
        if *dim == 0 || *dim > MAX_DIM {
            return Err(format!("{shown}; vectors have 1 to {MAX_DIM} values"));
        }
        if *rows > MAX_ROWS || rows.checked_mul(*dim).and_then(|values| values.checked_mul(4)).is_none() {
            return Err(format!("{shown}, which is more than can be compared"));
        }
        Ok(Self { rows: *rows, dim: *dim, half })
    }

    /// Bytes per value.
    fn width(&self) -> usize {
        if self.half { 2 } else { 4 }
    }

    /// Bytes of all values.
    fn bytes(&self) -> u64 {
        (self.rows * self.dim * self.width()) as u64
    }

    fn read_values(&self, file: &File, values: &mut [f32], at: u64) -> io::Result<()> {
        if self.half {
            let mut bytes = vec![0; values.len() * 2];
            read_at(file, &mut bytes, at)?;
            let halves = bytes.as_chunks::<2>().0.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32());
            values.iter_mut().zip(halves).for_each(|(value, half)| *value = half);
        } else {
            read_at(file, bytemuck::cast_slice_mut(values), at)?;
            values.iter_mut().for_each(|value| *value = f32::from_le_bytes(value.to_ne_bytes()));
        }
        Ok(())
    }
}

/// Reads the ids of `n` vectors, one per line.
///
/// # Errors
/// When the file cannot be read, is not UTF-8, or does not contain `n` different ids.
pub fn read_ids(path: &Path, n: usize) -> Result<Vec<String>, VectorsError> {
    let ids = read_some_ids(path, n)?;
    if ids.len() < n {
        let what = format!("has {} ids for {n} vectors; it needs one per line for each", ids.len());
        return Err(VectorsError { path: path.to_owned(), what, source: None });
    }
    Ok(ids)
}

/// Reads ids, one per line, at most `most`.
///
/// # Errors
/// When the file cannot be read, is not UTF-8, has more ids, or has one twice.
pub fn read_some_ids(path: &Path, most: usize) -> Result<Vec<String>, VectorsError> {
    let wrong = |what: String| VectorsError { path: path.to_owned(), what, source: None };
    let failed =
        |error: io::Error| VectorsError { path: path.to_owned(), what: error.to_string(), source: Some(error) };
    let mut from = BufReader::new(File::open(path).map_err(failed)?);
    let (mut ids, mut line) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        if from.by_ref().take(MAX_ID + 2).read_until(b'\n', &mut line).map_err(failed)? == 0 {
            break;
        }
        if ids.len() == most {
            return Err(wrong(format!("has more than {most} ids, one for each vector")));
        }
        let number = ids.len() + 1;
        let id = std::str::from_utf8(&line).map_err(|_| wrong(format!("line {number} is not UTF-8")))?;
        let id = id.trim_end_matches(['\n', '\r']);
        if id.len() as u64 > MAX_ID {
            return Err(wrong(format!("line {number} is longer than {MAX_ID} bytes; each line must be an id")));
        }
        if id.is_empty() {
            return Err(wrong(format!("line {number} is empty; each line must be an id")));
        }
        ids.push(id.to_owned());
    }
    different(&ids).map_err(wrong)?;
    Ok(ids)
}

/// Checks that all ids are different.
fn different(ids: &[String]) -> Result<(), String> {
    let mut sorted: Vec<&String> = ids.iter().collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|two| two[0] == two[1]) {
        Some(two) => Err(format!("names {} twice; ids must be unique", two[0])),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn npy(descr: &str, order: &str, shape: &str, values: &[u8]) -> Vec<u8> {
        let head = format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((head.len() as u16).to_le_bytes());
        bytes.extend(head.bytes());
        bytes.extend(values);
        bytes
    }

    fn floats(values: &[f32]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    fn read(bytes: &[u8]) -> Result<Array2<f32>, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        read_npy(file.path()).map_err(|error| error.what)
    }

    #[test]
    fn rows_of_any_length_become_1() {
        let values = floats(&[3.0, 4.0, 0.0, -2e38, 1e-40, 0.0]);
        let found = read(&npy("'<f4'", "False", "(3, 2)", &values)).unwrap();
        assert_eq!(found, ndarray::array![[0.6, 0.8], [0.0, -1.0], [1.0, 0.0]]);
        let halves: Vec<u8> = [3.0, 4.0].iter().flat_map(|value| f16::from_f32(*value).to_le_bytes()).collect();
        assert_eq!(read(&npy("'<f2'", "False", "(1, 2)", &halves)).unwrap(), ndarray::array![[0.6, 0.8]]);
        assert_eq!(read(&npy("'<f4'", "False", "(0, 7)", &[])).unwrap().dim(), (0, 7));
    }

    #[test]
    fn later_versions_have_longer_heads() {
        let old = npy("'<f4'", "False", "(1, 1)", &floats(&[5.0]));
        let length = u32::from(u16::from_le_bytes([old[8], old[9]]));
        for version in [2, 3] {
            let mut new = b"\x93NUMPY".to_vec();
            new.extend([version, 0]);
            new.extend(length.to_le_bytes());
            new.extend(&old[10..]);
            assert_eq!(read(&new).unwrap(), ndarray::array![[1.0]]);
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let two = floats(&[1.0, 2.0]);
        let cases: [(&[u8], &str); 16] = [
            (b"", "is not a .npy file"),
            (b"PK\x03\x04 something else", "is not a .npy file"),
            (b"\x93NUMPY\x09\x00\x00\x00", "version 9"),
            (b"\x93NUMPY\x01\x00\xff", "is truncated"),
            (b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "too long"),
            (&npy("'<f8'", "False", "(1, 1)", &[0; 8]), "type '<f8'"),
            (&npy("'>f4'", "False", "(1, 1)", &[0; 4]), "type '>f4'"),
            (&npy("[('x', '<f4')]", "False", "(1,)", &[0; 4]), "not 32-bit or 16-bit floats"),
            (&npy("'<f4'", "True", "(1, 2)", &two), "Fortran order"),
            (&npy("'<f4'", "False", "(2,)", &two), "(2,); vectors are rows"),
            (&npy("'<f4'", "False", "(1, 1, 2)", &two), "vectors are rows"),
            (&npy("'<f4'", "False", "(2, 0)", &[]), "1 to 65536 values"),
            (&npy("'<f4'", "False", "(3, 1)", &two), "is truncated: its header says 3 rows, but only 2 are complete"),
            (&npy("'<f4'", "False", "(4000000000, 65536)", &two), "is truncated"),
            (&npy("'<f4'", "False", "(18446744073709551615, 2)", &two), "more than can be compared"),
            (&npy("'<f4'", "False", "(1, 1)", &two), "has more data than its header declares for the shape (1, 1)"),
        ];
        for (bytes, message) in cases {
            let error = read(bytes).unwrap_err();
            assert!(error.contains(message), "{error} is not about {message}");
        }
        for (values, message) in [
            ([1.0, f32::NAN], "row 2 holds NaN or infinity"),
            ([f32::INFINITY, 1.0], "row 1 holds NaN"),
            ([1.0, -0.0], "row 2 is all zeros"),
        ] {
            let error = read(&npy("'<f4'", "False", "(2, 1)", &floats(&values))).unwrap_err();
            assert!(error.contains(message), "{error} is not about {message}");
        }
    }

    #[test]
    fn ids_are_one_per_line() {
        let read = |text: &[u8], n: usize| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), text).unwrap();
            read_ids(file.path(), n).map_err(|error| error.what)
        };
        assert_eq!(read(b"a\r\nb c\n", 2).unwrap(), ["a", "b c"]);
        assert_eq!(read(b"a\nb", 2).unwrap(), ["a", "b"]);
        let long = vec![b'x'; 5000];
        let cases: [(&[u8], &str); 6] = [
            (b"a\n", "has 1 ids for 2"),
            (b"a\nb\nc\n", "more than 2"),
            (b"a\n\n", "line 2 is empty"),
            (b"a\na\n", "names a twice"),
            (b"a\n\xff\n", "line 2 is not UTF-8"),
            (&long, "longer than 4096"),
        ];
        for (text, message) in cases {
            let error = read(text, 2).unwrap_err();
            assert!(error.contains(message), "{error} is not about {message}");
        }
    }
}
