//! The tensors of `model.safetensors` by name, mapped into memory and in f32 whatever the file holds.

use std::borrow::Cow;
use std::path::Path;

use candle_core::safetensors::MmapedSafetensors;
use candle_core::{DType, Device, Result, Tensor};
use safetensors::Dtype;

use super::LoadError;

/// The weights of a BERT; their names may carry a prefix such as `bert.`.
pub(super) struct Weights {
    file: MmapedSafetensors,
    prefix: String,
}

impl Weights {
    /// Maps the file into memory.
    pub fn open(path: &Path) -> std::result::Result<Self, LoadError> {
        if let Err(source) = std::fs::File::open(path) {
            return Err(LoadError::Io { path: path.to_owned(), source });
        }
        // SAFETY: the file is mapped read-only. As with any mapping, a process that cuts the file while we run can make
        // us fail; it cannot make us write.
        let file = unsafe { MmapedSafetensors::new(path) };
        file.and_then(Self::new)
            .map_err(|source| LoadError::Weights { path: path.to_owned(), source: Box::new(source) })
    }

    fn new(file: MmapedSafetensors) -> Result<Self> {
        const KNOWN: &str = "embeddings.word_embeddings.weight";
        let names: Vec<String> = file.tensors().into_iter().map(|(name, _)| name).collect();
        let found = names.iter().find(|name| name.ends_with(KNOWN));
        let found = found.ok_or_else(|| candle_core::Error::Msg(format!("it has no tensor {KNOWN}")))?;
        Ok(Self { file, prefix: found[..found.len() - KNOWN.len()].to_owned() })
    }

    /// What the names of the tensors begin with: nothing, or for example `bert.`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Checks that the file holds no layer beyond the first `count`, of which the configuration would know nothing.
    pub fn check_layers(&self, count: usize) -> Result<()> {
        let beyond = format!("{}encoder.layer.{count}.", self.prefix);
        if self.file.tensors().iter().any(|(name, _)| name.starts_with(&beyond)) {
            candle_core::bail!("it has more than {count} layers")
        } else {
            Ok(())
        }
    }

    /// A tensor of the shape given, on candle.
    fn tensor(&self, name: &str, shape: &[usize]) -> Result<Tensor> {
        let tensor = self.file.load(&format!("{}{name}", self.prefix), &Device::Cpu)?.to_dtype(DType::F32)?;
        check(name, tensor.dims(), shape)?;
        Ok(tensor)
    }

    /// The values of a tensor, row by row: those in the file themselves where they are f32.
    pub fn values(&self, name: &str, shape: &[usize]) -> Result<Cow<'_, [f32]>> {
        let view = self.file.get(&format!("{}{name}", self.prefix))?;
        check(name, view.shape(), shape)?;
        if view.dtype() == Dtype::F32
            && cfg!(target_endian = "little")
            && let Ok(values) = bytemuck::try_cast_slice(view.data())
        {
            return Ok(Cow::Borrowed(values));
        }
        Ok(Cow::Owned(self.tensor(name, shape)?.flatten_all()?.to_vec1()?))
    }

    /// The first that is there: checkpoints converted from TensorFlow name a LayerNorm's parameters otherwise.
    pub fn norm_names(&self, name: &str) -> [String; 2] {
        let has = |part: &str| self.file.get(&format!("{}{name}.{part}", self.prefix)).is_ok();
        let (gamma, beta) = if has("weight") { ("weight", "bias") } else { ("gamma", "beta") };
        [format!("{name}.{gamma}"), format!("{name}.{beta}")]
    }
}

fn check(name: &str, found: &[usize], expected: &[usize]) -> Result<()> {
    if found != expected {
        candle_core::bail!("{name} has the shape {found:?}, not {expected:?}");
    }
    Ok(())
}
