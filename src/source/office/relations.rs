//! How the parts of an Office Open XML package refer to one another (ECMA-376 part 2, 9).

use super::package::Package;
use super::xml::{self, Item};

/// The parts to which a part refers.
#[derive(Debug, Default)]
pub struct Relations(Vec<Relation>);

/// A part with the id and kind of the reference to it: the kind is the last word of the relationship's name.
#[derive(Debug)]
pub struct Relation {
    pub id: String,
    pub kind: String,
    pub target: String,
}

impl Relations {
    /// Reads the relations of the part with this name, or of the package if it is empty.
    ///
    /// # Errors
    /// When they cannot be unpacked or are not XML.
    pub fn of(package: &mut Package, part: &str) -> Result<Self, String> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let rels = package.part(&format!("{prefix}_rels/{file}.rels"))?.unwrap_or_default();
        let mut found = Vec::new();
        xml::each(&rels, |item| {
            let Item::Open("Relationship", attributes) = item else { return };
            let (Some(kind), Some(target)) = (attributes.get("Type"), attributes.get("Target")) else { return };
            let kind = kind.rsplit('/').next().unwrap_or("").to_owned();
            let id = attributes.get("Id").unwrap_or_default();
            found.push(Relation { id, kind, target: resolve(folder, &target) });
        })?;
        Ok(Self(found))
    }

    /// Returns the parts of this kind.
    pub fn all(&self, kind: &str) -> Vec<String> {
        self.0.iter().filter(|relation| relation.kind == kind).map(|relation| relation.target.clone()).collect()
    }

    /// Returns the parts of this kind, each after its id.
    pub fn with_ids(&self, kind: &str) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .filter(move |relation| relation.kind == kind)
            .map(|found| (found.id.as_str(), found.target.as_str()))
    }

    pub fn first(&self, kind: &str) -> Option<String> {
        self.all(kind).into_iter().next()
    }

    /// Returns the part with this id.
    pub fn by_id(&self, id: &str) -> Option<&str> {
        self.0.iter().find(|relation| relation.id == id).map(|relation| relation.target.as_str())
    }
}

/// Returns the main part of a package, or `usual` if it names none.
///
/// # Errors
/// When its relations cannot be read.
pub fn main_part(package: &mut Package, usual: &str) -> Result<String, String> {
    let relations = Relations::of(package, "")?;
    Ok(relations.first("officeDocument").unwrap_or_else(|| usual.to_owned()))
}

/// Resolves `target`, relative to `folder`, to a name from the archive's root.
pub fn resolve(folder: &str, target: &str) -> String {
    let base = if target.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(target.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
