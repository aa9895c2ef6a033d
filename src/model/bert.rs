//! candle-transformers' BERT, in f32: the reference that the kernels are held against.

use std::path::Path;

use candle_core::{DType, Device, IndexOp, Result, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config, HiddenAct, PositionEmbeddingType};

use super::settings::BertConfig;

/// The network on candle tensors.
pub(super) struct Bert(BertModel);

impl Bert {
    /// Loads the weights in a file; their names begin with `prefix`.
    pub fn new(file: &Path, prefix: &str, config: &BertConfig) -> Result<Self> {
        // SAFETY: the file is mapped read-only. As with any mapping, a process that cuts the file while we run can make
        // us fail; it cannot make us write.
        let weights = unsafe { VarBuilder::from_mmaped_safetensors(&[file], DType::F32, &Device::Cpu) }?;
        let weights = if prefix.is_empty() { weights } else { weights.pp(prefix.trim_end_matches('.')) };
        Ok(Self(BertModel::load(weights, &candle_config(config))?))
    }

    /// The last hidden states of some sequences, one under the other: `[sum of lengths, hidden]`.
    pub fn forward(&self, sequences: &[&[u32]]) -> Result<Vec<f32>> {
        let longest = sequences.iter().map(|s| s.len()).max().unwrap_or(0);
        if longest == 0 {
            return Ok(Vec::new());
        }
        let (mut ids, mut mask) = (vec![0u32; sequences.len() * longest], vec![0u32; sequences.len() * longest]);
        for (index, sequence) in sequences.iter().enumerate() {
            let row = index * longest..index * longest + sequence.len();
            ids[row.clone()].copy_from_slice(sequence);
            mask[row].fill(1);
        }
        let [ids, mask] = [ids, mask].map(|values| Tensor::from_vec(values, (sequences.len(), longest), &Device::Cpu));
        let (ids, mask) = (ids?, mask?);
        let states = self.0.forward(&ids, &ids.zeros_like()?, Some(&mask))?;
        let mut rows = Vec::new();
        for (index, sequence) in sequences.iter().enumerate() {
            rows.extend(states.i((index, ..sequence.len()))?.flatten_all()?.to_vec1::<f32>()?);
        }
        Ok(rows)
    }
}

fn candle_config(config: &BertConfig) -> Config {
    Config {
        vocab_size: config.vocab_size,
        hidden_size: config.hidden_size,
        num_hidden_layers: config.num_hidden_layers,
        num_attention_heads: config.num_attention_heads,
        intermediate_size: config.intermediate_size,
        hidden_act: match config.hidden_act.as_str() {
            "relu" => HiddenAct::Relu,
            "gelu" => HiddenAct::Gelu,
            _ => HiddenAct::GeluApproximate,
        },
        max_position_embeddings: config.max_position_embeddings,
        type_vocab_size: config.type_vocab_size,
        layer_norm_eps: config.layer_norm_eps,
        position_embedding_type: PositionEmbeddingType::Absolute,
        ..Config::default()
    }
}
