//! Words of scientific papers.

/// Labels of the parts of an abstract.
#[rustfmt::skip]
pub(crate) const LABELS: &[&str] = &[
    "aim", "aims", "aims and objectives", "background", "background and aims", "background and purpose",
    "conclusion", "conclusions", "conclusions and implications", "context", "data", "data extraction",
    "data sources", "design", "design and setting", "discussion", "eligibility criteria", "exposure", "exposures",
    "findings", "hypothesis", "implications", "importance", "interpretation", "intervention", "interventions",
    "introduction", "key findings", "key results", "limitations", "main outcome", "main outcome measure",
    "main outcome measures", "main outcomes", "main outcomes and measures", "main results", "materials and methods",
    "measurements", "measures", "method", "methods", "methods and analysis", "methods and findings", "motivation",
    "objective", "objectives", "outcome", "outcomes", "participants", "patients", "patients and methods", "problem",
    "purpose", "question", "rationale", "relevance", "result", "results", "results and conclusions", "sample",
    "selection criteria", "setting", "settings", "significance", "study design", "study selection", "subjects",
    "summary", "what is known", "what this adds",
];

/// Words in brackets about the certainty or measurement of a figure.
#[rustfmt::skip]
pub(crate) const STATISTICS: &[&str] = &[
    "auc", "ci", "cis", "coefficient", "confidence", "credible", "hazard", "hr", "interquartile", "iqr", "kappa",
    "odds", "pooled", "rr", "sd", "se", "smd", "χ2", "χ²",
];
