//! The results of the commands: one value per command, which every output format renders.
//!
//! The values are the JSON contract: fields may be added, never renamed. Scores are rounded to four decimals here,
//! once, so that all formats print the same.

mod batch;
pub mod bench;
mod cluster;
mod compare;
pub mod csv;
pub mod html;
mod independent;
mod index;
pub mod json;
pub mod markdown;
mod names;
pub mod pairs;
#[cfg(feature = "parquet")]
pub mod parquet;
mod parts;
mod passages;
pub mod projection;
mod query;
mod reading;
pub mod schema;
mod since;
mod sources;
mod table;
pub mod terminal;
mod text;
pub mod vectors;

pub use batch::{Map, Parts as ReportParts, Point, Report, Settings, SourceDropped};
pub use bench::{
    Assertion, Baseline, BaselineRow, BenchReport, Between, Cache, Fidelity, Held, Latency, Limit, Machine, Method,
    NearestComparison, NearestRow, Network, Noise, PeerComparison, PeerRow, Rate, Skipped, Spread, Start, Sweep,
    SweepRow, Task, TaskLimit, Workload,
};
pub use cluster::{
    AllButOne, ClusterKind, ClusterRef, ClusterReport, Cohesion, Conflict, LabelsRef, Member, StoryRef, TopicRef,
    UniqueRef,
};
pub use compare::{Aligned, CompareReport};
pub use independent::{DifferenceRef, Independent, MergeRef};
pub use index::{ErrorReport, IndexReport};
pub use names::Names;
pub use pairs::{PairRef, PairsReport, UnitRef};
pub use parts::{
    Calibration, Computed, Counts, Degrees, Nearest, PassageRef, Percentile, RelationRef, Rules, Score, SentenceMatch,
    SourceRef, Verdict, WordingsRef, counted, percent,
};
pub use passages::{DroppedRef, PassagesReport, SourcePassages};
pub use query::{Explanation, Part, PassageMatch, QueryReport, QueryResult, SourceLine, SourceMatch};
pub use reading::{ReadingNotes, UnreadRef, skipped, some_of};
pub use since::{
    Changes, ClaimChange, ClaimGone, EarlierReport, EarlierReportError, Renamed, Replaced, Reworded, Since,
    SourceChange,
};
pub use sources::{MatchRef, SourcePair, SourceTotal, SourcesReport};
pub use vectors::{VectorClustersReport, VectorQueryReport};

use text::{printable, shortened};
