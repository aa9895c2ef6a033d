//! How the parts of an Office Open XML package refer to one another (ECMA-376 part 2, 9).

use super::package::Package;
use super::xml::{self, Item};

/// What a part refers to.
#[derive(Debug, Default)]
pub struct Relations(Vec<Relation>);

/// A part by the id and the kind of what refers to it: the last word of the relationship's name.
#[derive(Debug)]
pub struct Relation {
    pub id: String,
    pub kind: String,
    pub target: String,
}

impl Relations {
    /// Those of the part with this name; of the package, where it is empty.
    ///
    /// # Errors
    /// When they cannot be unpacked or are no XML.
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

    /// The parts of this kind.
    pub fn all(&self, kind: &str) -> Vec<String> {
        self.0.iter().filter(|relation| relation.kind == kind).map(|relation| relation.target.clone()).collect()
    }

    /// The parts of this kind, each behind its id.
    pub fn with_ids(&self, kind: &str) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .filter(move |relation| relation.kind == kind)
            .map(|found| (found.id.as_str(), found.target.as_str()))
    }

    pub fn first(&self, kind: &str) -> Option<String> {
        self.all(kind).into_iter().next()
    }

    /// The part with this id.
    pub fn by_id(&self, id: &str) -> Option<&str> {
        self.0.iter().find(|relation| relation.id == id).map(|relation| relation.target.as_str())
    }
}

/// The main part of a package, or `usual` where it names none.
///
/// # Errors
/// When its relations cannot be read.
pub fn main_part(package: &mut Package, usual: &str) -> Result<String, String> {
    let relations = Relations::of(package, "")?;
    Ok(relations.first("officeDocument").unwrap_or_else(|| usual.to_owned()))
}

/// The name of what `target` names from inside `folder`, as seen from the archive's root.
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
