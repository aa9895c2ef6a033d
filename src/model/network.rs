//! BERT and its relatives on our own kernels: the weights packed for one instruction set, and the embedding tables read
//! from the mapped file.

use std::borrow::Cow;
use std::sync::Arc;

use candle_core::Result;

use super::architecture::{BUCKETS, EncoderConfig, WORDS};
use super::weights::Weights;
use super::{Backbone, Workspace};
use crate::kernels::{
    Embeddings, Encoder, EncoderError, Isa, Kernels, Layer, Linear, Norm, PositionBias, Positions, Precision, Shape,
};

/// An encoder that is ready to run on one instruction set.
pub(super) struct Network {
    weights: Arc<Weights>,
    config: EncoderConfig,
    kernels: Box<dyn Kernels>,
    encoder: Box<dyn Encoder>,
}

/// Why a network could not be made.
pub(super) enum NetworkError {
    /// The weights are not those that the configuration describes.
    Weights(candle_core::Error),
    /// The instruction set cannot run this network.
    Encoder(EncoderError),
}

impl Network {
    /// Packs the weights for an instruction set and one of its precisions.
    pub fn new(
        weights: Arc<Weights>,
        config: &EncoderConfig,
        isa: &Isa,
        precision: Precision,
    ) -> std::result::Result<Self, NetworkError> {
        let (kernels, encoder) = encoder(&weights, config, isa, precision)?;
        Ok(Self { weights, config: config.clone(), kernels, encoder })
    }

    /// The embeddings of some sequences, concatenated: `states` becomes `[tokens, hidden]`.
    fn embed(&self, space: &mut Workspace) -> Result<()> {
        let (config, tables) = (&self.config, Tables::read(&self.weights, &self.config)?);
        let Workspace { ids, lengths, states, .. } = space;
        states.resize(ids.len() * config.embedding, 0.0);
        self.kernels.embed(&tables.view(config), ids, lengths, states);
        if let Some([weight, bias]) = &tables.projection {
            *states = self.kernels.linear(states, Linear { weight, bias });
        }
        Ok(())
    }
}

impl Backbone for Network {
    fn dim(&self) -> usize {
        self.config.hidden
    }

    fn window(&self) -> usize {
        self.config.window()
    }

    fn hidden_states(&self, sequences: &[&[u32]], space: &mut Workspace) -> Result<()> {
        let window = self.config.window();
        if sequences.iter().any(|ids| ids.len() > window || ids.iter().any(|id| *id as usize >= self.config.vocabulary))
        {
            candle_core::bail!("a token id or a text's length lies beyond the model's tables");
        }
        space.ids.clear();
        space.ids.extend(sequences.iter().flat_map(|sequence| sequence.iter()));
        space.lengths.clear();
        space.lengths.extend(sequences.iter().map(|sequence| sequence.len()));
        self.embed(space)?;
        self.encoder.forward(&mut space.states, &space.lengths, &mut space.scratch);
        Ok(())
    }
}

/// The tables of the embeddings, and what is applied to them.
struct Tables<'a> {
    /// Word, position and type embeddings.
    tables: [Cow<'a, [f32]>; 3],
    /// Gamma and beta of the layer norm.
    norm: [Cow<'a, [f32]>; 2],
    /// Weight and bias of the projection from embeddings to hidden states.
    projection: Option<[Cow<'a, [f32]>; 2]>,
}

impl<'a> Tables<'a> {
    fn read(weights: &'a Weights, config: &EncoderConfig) -> Result<Self> {
        let width = config.embedding;
        let [gamma, beta] = weights.norm_names("embeddings.LayerNorm");
        let types = match config.types {
            0 => Cow::Owned(vec![0.0; width]),
            types => weights.values("embeddings.token_type_embeddings.weight", &[types, width])?,
        };
        let projection = || {
            Ok::<_, candle_core::Error>([
                weights.values("embeddings_project.weight", &[config.hidden, width])?,
                weights.values("embeddings_project.bias", &[config.hidden])?,
            ])
        };
        Ok(Self {
            tables: [
                weights.values(WORDS, &[config.vocabulary, width])?,
                weights.values("embeddings.position_embeddings.weight", &[config.positions, width])?,
                types,
            ],
            norm: [weights.values(&gamma, &[width])?, weights.values(&beta, &[width])?],
            projection: if width == config.hidden { None } else { Some(projection()?) },
        })
    }

    fn view(&self, config: &EncoderConfig) -> Embeddings<'_> {
        let ([word, position, token_type], [gamma, beta]) = (&self.tables, &self.norm);
        Embeddings {
            word,
            position,
            token_type,
            norm: Norm { gamma, beta },
            norm_eps: config.eps,
            positions: config.padding.map_or(Positions::FromZero, Positions::AfterPadding),
        }
    }
}

type Parts = (Box<dyn Kernels>, Box<dyn Encoder>);

fn encoder(
    weights: &Weights,
    config: &EncoderConfig,
    isa: &Isa,
    precision: Precision,
) -> std::result::Result<Parts, NetworkError> {
    let kernels = isa.kernels().map_err(NetworkError::Encoder)?;
    Tables::read(weights, config).map_err(NetworkError::Weights)?;
    let bias = position_bias(weights, config).map_err(NetworkError::Weights)?;
    let tensors = (0..config.layers).map(|index| LayerTensors::read(weights, config, index));
    let tensors = tensors.collect::<Result<Vec<_>>>().map_err(NetworkError::Weights)?;
    let window = config.window();
    let layers: Vec<Layer> =
        tensors.iter().map(|layer| layer.view(bias.as_deref().map(|values| PositionBias { values, window }))).collect();
    let shape = Shape {
        hidden: config.hidden,
        heads: config.heads,
        intermediate: config.intermediate,
        norm_eps: config.eps,
        activation: config.activation,
    };
    Ok((kernels, isa.encoder(precision, &shape, &layers).map_err(NetworkError::Encoder)?))
}

/// The bias that attention adds by relative position, the same in every layer: `[heads, 2 * window - 1]`.
fn position_bias(weights: &Weights, config: &EncoderConfig) -> Result<Option<Vec<f32>>> {
    if !config.names.has_position_bias {
        return Ok(None);
    }
    let heads = config.heads;
    let table = weights.values("encoder.relative_attention_bias.weight", &[BUCKETS, heads])?;
    let reach = config.window() as isize - 1;
    let of_head = |head| (-reach..=reach).map(move |distance| (head, bucket(distance)));
    Ok(Some((0..heads).flat_map(of_head).map(|(head, bucket)| table[bucket * heads + head]).collect()))
}

/// The row of the table of biases for a key `distance` positions after its query (Raffel et al. 2020, section 2.1, as
/// in `MPNet`): half of the rows for either direction; in each half first one distance per row, then logarithmically
/// more, up to 128 and beyond.
fn bucket(distance: isize) -> usize {
    const HALF: usize = BUCKETS / 2;
    const EXACT: usize = HALF / 2;
    const FARTHEST: f32 = 128.0;
    let side = if distance > 0 { HALF } else { 0 };
    let steps = distance.unsigned_abs();
    if steps < EXACT {
        return side + steps;
    }
    // In f32, as in the reference: whole numbers must round the same way.
    let share = (steps as f32 / EXACT as f32).ln() / (FARTHEST / EXACT as f32).ln();
    side + (EXACT + (share * (HALF - EXACT) as f32) as usize).min(HALF - 1)
}

/// The tensors of one layer.
struct LayerTensors<'a> {
    /// Query, key, value, attention output, up, down: weight and bias of each.
    linears: [[Cow<'a, [f32]>; 2]; 6],
    /// The norms after attention and after the feed-forward part: gamma and beta of each.
    norms: [[Cow<'a, [f32]>; 2]; 2],
}

impl<'a> LayerTensors<'a> {
    fn read(weights: &'a Weights, config: &EncoderConfig, index: usize) -> Result<Self> {
        let (hidden, intermediate, names) = (config.hidden, config.intermediate, config.names);
        let linear = |at: usize, outputs: usize, inputs: usize| {
            let name = |kind: &str| format!("{}.{index}.{}.{kind}", names.layer, names.linears[at]);
            Ok::<_, candle_core::Error>([
                weights.values(&name("weight"), &[outputs, inputs])?,
                weights.values(&name("bias"), &[outputs])?,
            ])
        };
        let norm = |part: &str| {
            let [gamma, beta] = weights.norm_names(&format!("{}.{index}.{part}", names.layer));
            Ok::<_, candle_core::Error>([weights.values(&gamma, &[hidden])?, weights.values(&beta, &[hidden])?])
        };
        Ok(Self {
            linears: [
                linear(0, hidden, hidden)?,
                linear(1, hidden, hidden)?,
                linear(2, hidden, hidden)?,
                linear(3, hidden, hidden)?,
                linear(4, intermediate, hidden)?,
                linear(5, hidden, intermediate)?,
            ],
            norms: [norm(names.norms[0])?, norm(names.norms[1])?],
        })
    }

    fn view<'b>(&'b self, position_bias: Option<PositionBias<'b>>) -> Layer<'b> {
        let [query, key, value, attention_output, up, down] =
            self.linears.each_ref().map(|[weight, bias]| Linear { weight, bias });
        let [attention_norm, output_norm] = self.norms.each_ref().map(|[gamma, beta]| Norm { gamma, beta });
        Layer { query, key, value, attention_output, attention_norm, up, down, output_norm, position_bias }
    }
}

#[cfg(test)]
mod tests {
    use super::bucket;

    /// The results of PyTorch for `MPNetEncoder.relative_position_bucket`: where each row's distances begin.
    const ROWS: [(isize, usize); 31] = [
        (-600, 15),
        (-90, 14),
        (-63, 13),
        (-45, 12),
        (-31, 11),
        (-22, 10),
        (-15, 9),
        (-11, 8),
        (-7, 7),
        (-6, 6),
        (-5, 5),
        (-4, 4),
        (-3, 3),
        (-2, 2),
        (-1, 1),
        (0, 0),
        (1, 17),
        (2, 18),
        (3, 19),
        (4, 20),
        (5, 21),
        (6, 22),
        (7, 23),
        (8, 24),
        (12, 25),
        (16, 26),
        (23, 27),
        (32, 28),
        (46, 29),
        (64, 30),
        (91, 31),
    ];

    #[test]
    fn buckets_are_those_of_the_reference() {
        for (at, (first, row)) in ROWS.into_iter().enumerate() {
            let end = ROWS.get(at + 1).map_or(601, |(first, _)| *first);
            for distance in first..end {
                assert_eq!(bucket(distance), row, "{distance}");
            }
        }
    }
}
