//! The space of a model's vectors.

use super::SyncError;
use crate::model::Model;
use crate::store::{Space, versions};

/// The space of a model's vectors, which are not compared with those of another space.
///
/// # Errors
/// When the model's weights cannot be read.
pub fn space(model: &Model) -> Result<Space, SyncError> {
    Ok(Space { key: model.space(versions::ENCODER).map_err(SyncError::Weights)?, dim: model.dim() })
}
