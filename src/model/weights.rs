//! The tensors of `model.safetensors`, or of its parts, by name: mapped into memory, and provided in f32 whatever the
//! files contain.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use candle_core::safetensors::MmapedSafetensors;
use candle_core::{DType, Device, Result, Tensor};
use safetensors::Dtype;
use serde::Deserialize;

use super::LoadError;
use super::manifest::PlainPath;
use super::read::{check_file, read_json, unsupported};

/// The file of a model that holds its weights.
const WHOLE: &str = "model.safetensors";
/// The file that says which part contains which tensor, if the weights are split.
const INDEX: &str = "model.safetensors.index.json";
/// An older format, which can run code when it is loaded.
const PICKLED: &str = "pytorch_model.bin";
/// Weights in formats of other runtimes, which some folders contain instead.
const OTHERS: [(&str, &str); 4] = [
    ("onnx", "a folder of ONNX weights"),
    ("model.onnx", "a file of ONNX weights"),
    ("openvino", "a folder of OpenVINO weights"),
    ("tf_model.h5", "a file of TensorFlow weights"),
];
/// The suffix of the names of a layer norm's factors, in lower case.
const NORM: &str = "norm.weight";

/// The weights of one folder; their names may carry a prefix such as `bert.`.
pub(super) struct Weights {
    tensors: MmapedSafetensors,
    prefix: String,
    files: Vec<PathBuf>,
}

/// `model.safetensors.index.json`
#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, PlainPath>,
}

impl Weights {
    /// Maps the weights of a folder into memory. `known` is a tensor that the network must have: its prefix is the
    /// prefix of all names.
    pub fn open(dir: &Path, known: &str) -> std::result::Result<Self, LoadError> {
        let files = files(dir)?;
        files.iter().try_for_each(|file| check_file(file))?;
        // SAFETY: the files are mapped read-only. As with any mapping, a process that truncates a file while we run can
        // make us fail; it cannot make us write.
        let tensors = unsafe { MmapedSafetensors::multi(&files) };
        let prefix = tensors.and_then(|tensors| Ok((prefix(&tensors, known)?, tensors)));
        let (prefix, tensors) = prefix.map_err(|error| match refused(error) {
            Ok(source) => LoadError::Io { path: files[0].clone(), source },
            Err(source) => broken(&files[0], source),
        })?;
        Ok(Self { tensors, prefix, files })
    }

    /// The files with the weights.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The file to name in errors.
    pub fn file(&self) -> &Path {
        &self.files[0]
    }

    /// The prefix of the tensors' names: empty, or for example `bert.`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Checks that there is no layer beyond the first `count`, which the configuration would not know about.
    pub fn check_layers(&self, layer: &str, count: usize) -> Result<()> {
        let beyond = format!("{}{layer}.{count}.", self.prefix);
        if self.tensors.tensors().iter().any(|(name, _)| name.starts_with(&beyond)) {
            candle_core::bail!("it has more than {count} layers")
        } else {
            Ok(())
        }
    }

    /// Checks that all values are finite, and that neither the tensor `known` nor the factors of a layer norm are all
    /// zeros: such weights give every text the same vector.
    pub fn check_values(&self, known: &str) -> Result<()> {
        for (name, view) in self.tensors.tensors() {
            if !name.starts_with(&self.prefix) || !is_float(view.dtype()) {
                continue;
            }
            let values = self.converted(&name)?;
            if !values.iter().fold(true, |finite, value| finite & value.is_finite()) {
                candle_core::bail!("{name} has values that are not finite");
            }
            let must_tell = name.ends_with(known) || name.to_ascii_lowercase().ends_with(NORM);
            if must_tell && values.iter().all(|value| *value == 0.0) {
                candle_core::bail!("{name} is all zeros");
            }
        }
        Ok(())
    }

    /// The values of a tensor, row by row; borrowed from the file if they are f32.
    pub fn values(&self, name: &str, shape: &[usize]) -> Result<Cow<'_, [f32]>> {
        let full = format!("{}{name}", self.prefix);
        let view = self.tensors.get(&full)?;
        if view.shape() != shape {
            candle_core::bail!("{name} has the shape {:?}, not {shape:?}", view.shape());
        }
        self.converted(&full)
    }

    fn converted(&self, full: &str) -> Result<Cow<'_, [f32]>> {
        let view = self.tensors.get(full)?;
        if !is_float(view.dtype()) {
            candle_core::bail!("{full} has the type {:?}; f32, f16 and bf16 are supported", view.dtype());
        }
        if view.dtype() == Dtype::F32
            && cfg!(target_endian = "little")
            && let Ok(values) = bytemuck::try_cast_slice(view.data())
        {
            return Ok(Cow::Borrowed(values));
        }
        let tensor: Tensor = self.tensors.load(full, &Device::Cpu)?.to_dtype(DType::F32)?;
        Ok(Cow::Owned(tensor.flatten_all()?.to_vec1()?))
    }

    /// The shape of a tensor.
    pub fn shape(&self, name: &str) -> Result<Vec<usize>> {
        Ok(self.tensors.get(&format!("{}{name}", self.prefix))?.shape().to_vec())
    }

    /// The integers of a tensor `[count]`, each the index of one of `rows` rows.
    pub fn rows(&self, name: &str, count: usize, rows: usize) -> Result<Vec<u32>> {
        let full = format!("{}{name}", self.prefix);
        let tensor = self.tensors.load(&full, &Device::Cpu)?;
        if !matches!(tensor.dtype(), DType::I64 | DType::U32 | DType::I32) || tensor.dims() != [count] {
            candle_core::bail!("{name} is {:?} {:?}, not {count} integers", tensor.dtype(), tensor.dims());
        }
        let row = |value: i64| u32::try_from(value).ok().filter(|row| (*row as usize) < rows);
        let found: Option<Vec<u32>> = tensor.to_dtype(DType::I64)?.to_vec1()?.into_iter().map(row).collect();
        found.ok_or_else(|| candle_core::Error::Msg(format!("{name} names a row beyond the {rows} rows of the table")))
    }

    /// Whether there is a tensor of that name.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.get(&format!("{}{name}", self.prefix)).is_ok()
    }

    /// The names of a `LayerNorm`'s parameters, which differ in checkpoints converted from TensorFlow.
    pub fn norm_names(&self, name: &str) -> [String; 2] {
        let (gamma, beta) = if self.has(&format!("{name}.weight")) { ("weight", "bias") } else { ("gamma", "beta") };
        [format!("{name}.{gamma}"), format!("{name}.{beta}")]
    }
}

/// The error of weights that cannot be used.
pub(super) fn broken(path: &Path, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> LoadError {
    LoadError::Weights { path: path.to_owned(), source: source.into() }
}

/// The error if the system refused something, such as memory, which says nothing about the weights.
fn refused(error: candle_core::Error) -> std::result::Result<io::Error, candle_core::Error> {
    match error {
        candle_core::Error::Io(source) => Ok(source),
        candle_core::Error::WithPath { inner, .. } | candle_core::Error::WithBacktrace { inner, .. } => refused(*inner),
        other => Err(other),
    }
}

fn is_float(dtype: Dtype) -> bool {
    matches!(dtype, Dtype::F32 | Dtype::F16 | Dtype::BF16 | Dtype::F64)
}

/// The prefix of the tensor `known`; the shortest, if several names end in it.
fn prefix(tensors: &MmapedSafetensors, known: &str) -> Result<String> {
    let names = tensors.tensors().into_iter().map(|(name, _)| name);
    let prefixes = names.filter_map(|name| {
        let prefix = name.strip_suffix(known)?;
        (prefix.is_empty() || prefix.ends_with('.')).then(|| prefix.to_owned())
    });
    let shortest = prefixes.min_by_key(|prefix| (prefix.len(), prefix.clone()));
    shortest.ok_or_else(|| candle_core::Error::Msg(format!("it has no tensor {known}")))
}

/// The files with a folder's weights.
fn files(dir: &Path) -> std::result::Result<Vec<PathBuf>, LoadError> {
    let (whole, index, pickled) = (dir.join(WHOLE), dir.join(INDEX), dir.join(PICKLED));
    if whole.exists() {
        return Ok(vec![whole]);
    }
    if !(index.exists() || pickled.exists()) {
        let mut others = OTHERS.into_iter().map(|(name, what)| (dir.join(name), what));
        let Some((other, what)) = others.find(|(path, _)| path.exists()) else { return Ok(vec![whole]) };
        let how = format!("put {WHOLE} of the same model beside it");
        return Err(unsupported(&other, format!("is {what}, which is not read; {how}")));
    }
    if !index.exists() {
        let what = format!(
            "is in a format that can run code when it is loaded; convert it to {WHOLE} with Python: `from \
             sentence_transformers import SentenceTransformer; SentenceTransformer(\"{}\").save(\"converted\")`",
            dir.display()
        );
        return Err(unsupported(&pickled, what));
    }
    let map: Index = read_json(&index)?;
    let parts: BTreeSet<&str> = map.weight_map.values().map(PlainPath::as_str).collect();
    if parts.is_empty() {
        return Err(unsupported(&index, "names no files".to_owned()));
    }
    match parts.iter().find(|part| !dir.join(part).exists()) {
        Some(part) => Err(unsupported(&index, format!("names {part}, which is missing; the model is incomplete"))),
        None => Ok(parts.into_iter().map(|part| dir.join(part)).collect()),
    }
}
