//! Models by name: a hub on the loopback device that has the tiny BERT of the fixtures.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use samesay::model::fetch::{
    FetchError, HubError, NamedModel, Places, SaveError, Silent, Timeouts, Token, find, named, obtain, renewed, trusted,
};
use samesay::model::manifest::Manifest;
use samesay::model::{Backend, Model};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::server::{Reply, Server};
use super::setting::Log;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// The files that loading needs.
const NEEDED: [&str; 7] = [
    "1_Pooling/config.json",
    "config.json",
    "config_sentence_transformers.json",
    "model.safetensors",
    "modules.json",
    "sentence_bert_config.json",
    "tokenizer.json",
];

fn fixture(path: &str) -> Vec<u8> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tiny-bert-mean");
    fs::read(dir.join(path)).unwrap()
}

/// The content of a hub.
#[derive(Clone)]
struct Repository {
    commit: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl Repository {
    /// The tiny model among files that are not needed.
    fn new() -> Self {
        let own = NEEDED.iter().chain(&["tokenizer_config.json", "2_Normalize/config.json"]);
        let mut files: BTreeMap<String, Vec<u8>> = own.map(|path| ((*path).to_owned(), fixture(path))).collect();
        for stray in ["README.md", "pytorch_model.bin", "onnx/model.onnx", ".gitattributes", "openvino/config.json"] {
            files.insert(stray.to_owned(), vec![1; 100]);
        }
        Self { commit: COMMIT.to_owned(), files }
    }

    fn answer(&self, path: &str) -> Reply {
        if let Some(revision) = path.strip_prefix("/api/models/org/tiny/revision/") {
            let siblings: Vec<Value> = self.files.keys().map(|path| json!({"rfilename": path})).collect();
            let info = json!({"sha": self.commit, "siblings": siblings, "id": "org/tiny"});
            return if ["main", "v2"].contains(&revision) {
                Reply::File(info.to_string().into_bytes())
            } else {
                Reply::Status(404)
            };
        }
        let file = path.strip_prefix(&format!("/org/tiny/resolve/{}/", self.commit));
        file.and_then(|file| self.files.get(file)).map_or(Reply::Status(404), |bytes| Reply::File(bytes.clone()))
    }

    fn serve(self) -> Server {
        Server::start(move |path| self.answer(path))
    }
}

/// Caches of a test's own.
struct Setting {
    dir: TempDir,
    places: Places,
}

impl Setting {
    fn new(server: &Server) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let stall = Duration::from_secs(10);
        let places = Places {
            hf_cache: Some(dir.path().join("hf/hub")),
            cache: dir.path().join("cache"),
            endpoint: server.endpoint(),
            token: Some(Token::new("secret")),
            proxy: None,
            offline: false,
            python: dir.path().join("no-python"),
            timeouts: Timeouts { stall, ..Timeouts::default() },
        };
        Self { dir, places }
    }

    fn snapshot(&self) -> PathBuf {
        self.dir.path().join("hf/hub/models--org--tiny/snapshots").join(COMMIT)
    }

    fn parts(&self) -> Vec<PathBuf> {
        let blobs = self.dir.path().join("hf/hub/models--org--tiny/blobs");
        let files = fs::read_dir(blobs).into_iter().flatten().map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|ending| ending == "part")).collect()
    }

    fn named(&self) -> Result<Manifest, FetchError> {
        named(&tiny(), &self.places, &mut Silent)
    }

    fn offline(&self) -> Places {
        Places { offline: true, ..self.places.clone() }
    }
}

fn tiny() -> NamedModel {
    NamedModel::parse("org/tiny").unwrap()
}

/// Why the hub did not provide the model.
fn reason(error: FetchError) -> HubError {
    match error {
        FetchError::Named { source, .. } => *source,
        other => panic!("{other:?}"),
    }
}

fn paths(server: &Server) -> Vec<String> {
    server.requests().into_iter().map(|request| request.path).collect()
}

#[test]
fn names_are_told_from_other_texts() {
    for name in ["org/tiny", "org/tiny@v2", "a/b.c-d_e@refs/pr/1", "BAAI/bge-small-en-v1.5"] {
        assert_eq!(NamedModel::parse(name).map(|name| name.to_string()).as_deref(), Some(name));
    }
    assert_eq!(NamedModel::parse("org/tiny@main"), NamedModel::parse("org/tiny"));
    for other in
        ["tiny", "a/b/c", "../tiny", "./tiny", "/tiny", "org/", "org/tiny@", "org/tiny@../x", "a b/c", "~/x", ""]
    {
        assert_eq!(NamedModel::parse(other), None, "{other}");
    }
}

#[test]
fn what_loading_needs_is_fetched_once_and_trusted() {
    let server = Repository::new().serve();
    let setting = Setting::new(&server);
    assert!(trusted(&tiny(), &setting.places).unwrap().is_none());
    let mut log = Log::default();
    let manifest = named(&tiny(), &setting.places, &mut log).unwrap();
    assert_eq!((manifest.revision.as_str(), manifest.dim, manifest.window, manifest.pinned), (COMMIT, 32, 48, false));
    assert!(log.notes.last().unwrap().contains("trust on first use"), "{:?}", log.notes);
    assert_eq!(log.started.len(), log.finished);

    // Nothing unneeded was fetched, each file once, with the token.
    let requests = paths(&server);
    let fetched = requests.iter().filter_map(|path| path.strip_prefix(&format!("/org/tiny/resolve/{COMMIT}/")));
    let mut fetched: Vec<&str> = fetched.collect();
    fetched.sort_unstable();
    let expected: Vec<&str> =
        NEEDED.iter().copied().chain(["2_Normalize/config.json", "tokenizer_config.json"]).collect();
    let mut expected: Vec<&str> = expected;
    expected.sort_unstable();
    assert_eq!(fetched, expected);
    assert!(server.requests().iter().all(|request| request.authorization.as_deref() == Some("Bearer secret")));

    // The layout is that of Hugging Face's own programs.
    let dir = obtain(&manifest, &setting.places, &mut Silent).unwrap();
    assert_eq!(dir, setting.snapshot());
    assert!(dir.join("model.safetensors").symlink_metadata().unwrap().is_symlink());
    assert_eq!(fs::read(dir.join("1_Pooling/config.json")).unwrap(), fixture("1_Pooling/config.json"));
    let reference = setting.dir.path().join("hf/hub/models--org--tiny/refs/main");
    assert_eq!(fs::read_to_string(reference).unwrap(), COMMIT);
    assert!(setting.parts().is_empty());

    // From then on the network is not needed, and the model is the one of the fixtures.
    let asked = server.requests().len();
    let again = named(&tiny(), &setting.offline(), &mut Silent).unwrap();
    assert_eq!(find(&again, &setting.offline()).unwrap(), Some(dir.clone()));
    assert_eq!(server.requests().len(), asked);
    assert_eq!(Model::of_manifest(&again, &dir, Backend::Best).unwrap().dim(), 32);
}

/// model2vec writes the model's own folder as a dot, and only four files.
#[test]
fn a_static_model_is_fetched() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/static/plain");
    let own = ["config.json", "model.safetensors", "modules.json", "tokenizer.json"];
    let mut files: BTreeMap<_, _> = own.map(|path| (path.to_owned(), fs::read(dir.join(path)).unwrap())).into();
    files.insert("README.md".to_owned(), vec![1; 100]);
    let server = Repository { commit: COMMIT.to_owned(), files }.serve();
    let setting = Setting::new(&server);
    let manifest = setting.named().unwrap();
    let paths: Vec<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!((paths, manifest.dim), (own.to_vec(), 24));
    let dir = obtain(&manifest, &setting.places, &mut Silent).unwrap();
    assert_eq!(Model::of_manifest(&manifest, &dir, Backend::Best).unwrap().engine().isa, "lookup");
}

/// As in sentence-transformers, the mean of the states of a network without modules.
#[test]
fn a_network_without_modules_is_fetched() {
    let mut repository = Repository::new();
    repository.files.remove("modules.json");
    let server = repository.serve();
    let setting = Setting::new(&server);
    let manifest = setting.named().unwrap();
    let paths: Vec<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
    let own =
        ["config.json", "model.safetensors", "sentence_bert_config.json", "tokenizer.json", "tokenizer_config.json"];
    assert!(own.iter().all(|path| paths.contains(path)) && !paths.contains(&"1_Pooling/config.json"), "{paths:?}");
    let dir = obtain(&manifest, &setting.places, &mut Silent).unwrap();
    let model = Model::of_manifest(&manifest, &dir, Backend::Best).unwrap();
    assert!(model.doubts()[0].contains("has no modules.json"), "{:?}", model.doubts());
    // Another program may have fetched a part of a repository, whose modules are then unknown.
    fs::remove_dir_all(&setting.places.cache).unwrap();
    let missing = named(&tiny(), &setting.offline(), &mut Silent).unwrap_err();
    assert!(matches!(missing, FetchError::NamedOffline { .. }), "{missing:?}");
}

#[test]
fn a_changed_file_is_refused_and_fetched_again() {
    let repository = Arc::new(Mutex::new(Repository::new()));
    let own = Arc::clone(&repository);
    let server = Server::start(move |path| own.lock().unwrap().answer(path));
    let setting = Setting::new(&server);
    let manifest = setting.named().unwrap();
    let weights = setting.snapshot().join("model.safetensors").canonicalize().unwrap();
    let mut bytes = fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&weights, &bytes).unwrap();
    assert_eq!(find(&manifest, &setting.places).unwrap(), None);
    // Asking the hub again does not change what is trusted: the commit is the same.
    let sums = |manifest: &Manifest| manifest.files.iter().map(|file| file.sha256.to_string()).collect::<Vec<_>>();
    assert_eq!(sums(&renewed(&tiny(), &setting.places, &mut Silent).unwrap()), sums(&manifest));
    assert_eq!(sums(&trusted(&tiny(), &setting.places).unwrap().unwrap()), sums(&manifest));
    // The hub still has the recorded bytes.
    let dir = obtain(&manifest, &setting.places, &mut Silent).unwrap();
    assert_eq!(fs::read(dir.join("model.safetensors")).unwrap(), fixture("model.safetensors"));
    fs::remove_dir_all(&dir).unwrap();
    // Now it has different ones under the same commit.
    repository.lock().unwrap().files.insert("model.safetensors".to_owned(), bytes);
    let error = obtain(&manifest, &setting.places, &mut Silent).unwrap_err().to_string();
    assert!(error.contains("model.safetensors: sha256 is "), "{error}");
}

#[test]
fn a_name_keeps_its_commit_until_it_is_renewed() {
    let repository = Arc::new(Mutex::new(Repository::new()));
    let own = Arc::clone(&repository);
    let server = Server::start(move |path| own.lock().unwrap().answer(path));
    let setting = Setting::new(&server);
    setting.named().unwrap();
    repository.lock().unwrap().commit = COMMIT.replace('0', "f");
    assert_eq!(setting.named().unwrap().revision.as_str(), COMMIT);
    let renewed = renewed(&tiny(), &setting.places, &mut Silent).unwrap();
    assert_eq!(renewed.revision.as_str(), COMMIT.replace('0', "f"));
    assert_eq!(setting.named().unwrap().revision, renewed.revision);
}

#[test]
fn a_file_that_was_cut_off_is_gone_on_with() {
    let (cut, repository) = (Arc::new(Mutex::new(true)), Repository::new());
    let still = Arc::clone(&cut);
    let server = Server::start(move |path| match repository.answer(path) {
        Reply::File(bytes) if path.ends_with("model.safetensors") && *still.lock().unwrap() => {
            Reply::Claiming(bytes.len() as u64, bytes[..50_000].to_vec())
        }
        reply => reply,
    });
    let setting = Setting::new(&server);
    let error = reason(setting.named().unwrap_err());
    assert!(matches!(error, HubError::File { source: SaveError::CutOff { found: 50_000, .. }, .. }), "{error:?}");
    assert!(trusted(&tiny(), &setting.places).unwrap().is_none());
    assert_eq!(setting.parts().len(), 1);
    *cut.lock().unwrap() = false;
    let manifest = setting.named().unwrap();
    let weights: Vec<_> =
        server.requests().into_iter().filter(|request| request.path.ends_with("model.safetensors")).collect();
    assert_eq!(weights.last().unwrap().from, Some(50_000));
    let dir = obtain(&manifest, &setting.places, &mut Silent).unwrap();
    assert_eq!(fs::read(dir.join("model.safetensors")).unwrap(), fixture("model.safetensors"));
    assert!(setting.parts().is_empty());
}

#[test]
fn a_hub_that_does_not_give_it_is_told() {
    for (status, hint) in [(401, "HF_TOKEN"), (403, "HF_TOKEN"), (404, "no such"), (429, "too many requests")] {
        let setting = Setting::new(&Server::start(move |_| Reply::Status(status)));
        let error = reason(setting.named().unwrap_err());
        assert!(matches!(error, HubError::Status { status: found, .. } if found == status), "{error:?}");
        assert!(error.to_string().contains(hint), "{error}");
    }
    let repository = Repository::new();
    let gone = move |path: &str| match repository.answer(path) {
        Reply::File(_) if path.ends_with("model.safetensors") => Reply::Status(404),
        reply => reply,
    };
    let setting = Setting::new(&Server::start(gone));
    let error = reason(setting.named().unwrap_err());
    assert!(error.to_string().contains("model.safetensors: HTTP status 404"), "{error}");
    assert!(trusted(&tiny(), &setting.places).unwrap().is_none());
}

#[test]
fn files_elsewhere_are_fetched_without_the_token() {
    let store = Repository::new().serve();
    let elsewhere = format!("http://localhost:{}", store.port());
    let repository = Repository::new();
    let server = Server::start(move |path| {
        if path.contains("/resolve/") { Reply::Redirect(format!("{elsewhere}{path}")) } else { repository.answer(path) }
    });
    Setting::new(&server).named().unwrap();
    assert!(store.requests().iter().all(|request| request.authorization.is_none()));
    let setting = Setting::new(&Server::start(|_| Reply::Redirect("/again".to_owned())));
    let error = reason(setting.named().unwrap_err());
    assert!(matches!(error, HubError::Request { .. }), "{error:?}");
}

#[test]
fn silence_and_floods_are_given_up() {
    let start = Instant::now();
    let mut setting = Setting::new(&Server::start(|_| Reply::Silence));
    setting.places.timeouts.stall = Duration::from_millis(300);
    let error = reason(setting.named().unwrap_err());
    assert!(matches!(error, HubError::Stalled { .. }), "{error:?}");
    for (reply, expected) in [
        ("silent", "no data for"),
        ("dripping", "bytes per second"),
        ("unmeasured", "does not say how long"),
        ("enormous", "at most"),
    ] {
        let repository = Repository::new();
        let answer = move |path: &str| match (reply, path.ends_with("/config.json")) {
            ("silent", true) => Reply::Stalling(500, vec![b' '; 100]),
            ("dripping", true) => Reply::Dripping(100_000, Duration::from_millis(20)),
            ("unmeasured", true) => Reply::Unmeasured(vec![b' '; 5_000_000]),
            ("enormous", true) => Reply::Claiming(1 << 40, vec![b' '; 5_000_000]),
            _ => repository.answer(path),
        };
        let mut setting = Setting::new(&Server::start(answer));
        setting.places.timeouts.stall = Duration::from_secs(1);
        let error = setting.named().unwrap_err();
        let error = reason(error).to_string();
        assert!(error.contains(expected), "{reply}: {error}");
    }
    assert!(start.elapsed() < Duration::from_mins(1));
}

#[test]
fn what_leads_out_of_the_cache_is_refused() {
    let mut hostile = Vec::new();
    for commit in ["../../../outside", "/etc", "", "a/b"] {
        hostile.push(Repository { commit: commit.to_owned(), ..Repository::new() });
    }
    for module in ["../../outside", "/etc"] {
        let mut repository = Repository::new();
        let modules = json!([{"path": module, "type": "x.Transformer"}]);
        repository.files.insert("modules.json".to_owned(), modules.to_string().into_bytes());
        for file in ["config.json", "tokenizer.json"] {
            repository.files.insert(format!("{module}/{file}"), b"{}".to_vec());
        }
        hostile.push(repository);
    }
    for repository in hostile {
        let setting = Setting::new(&repository.serve());
        setting.named().unwrap_err();
        let outside = walk(setting.dir.path()).into_iter().filter(|path| !path.starts_with("hf/hub/models--org--tiny"));
        assert_eq!(outside.collect::<Vec<_>>(), Vec::<PathBuf>::new());
    }
}

/// The files below a folder.
fn walk(dir: &Path) -> Vec<PathBuf> {
    fn below(dir: &Path, root: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, root, found);
            } else {
                found.push(path.strip_prefix(root).unwrap().to_owned());
            }
        }
    }
    let mut found = Vec::new();
    below(dir, dir, &mut found);
    found
}

#[test]
fn repositories_without_what_is_needed_are_told() {
    let without = |gone: &[&str]| {
        let mut repository = Repository::new();
        gone.iter().for_each(|path| drop(repository.files.remove(*path)));
        Setting::new(&repository.serve()).named().unwrap_err()
    };
    for (gone, why) in [
        (&["modules.json", "config.json"][..], "not a sentence-transformer"),
        (&["tokenizer.json"], "tokenizer.json"),
        (&["model.safetensors"], "pytorch_model.bin"),
    ] {
        let error = reason(without(gone)).to_string();
        assert!(error.starts_with("org/tiny: ") && error.contains(why), "{error}");
    }
    let error = without(&["config.json"]);
    assert!(matches!(error, FetchError::Unusable { .. }), "{error:?}");
}

#[test]
fn what_hugging_faces_cache_has_is_used_and_trusted_offline() {
    let server = Repository::new().serve();
    let setting = Setting::new(&server);
    let missing = named(&tiny(), &setting.offline(), &mut Silent).unwrap_err();
    assert!(matches!(missing, FetchError::NamedOffline { .. }), "{missing:?}");
    setting.named().unwrap();
    // As if another program had fetched it.
    fs::remove_dir_all(&setting.places.cache).unwrap();
    let asked = server.requests().len();
    let manifest = named(&tiny(), &setting.offline(), &mut Silent).unwrap();
    assert_eq!(manifest.revision.as_str(), COMMIT);
    assert_eq!(server.requests().len(), asked);
    // A reachable hub is not needed either.
    fs::remove_dir_all(&setting.places.cache).unwrap();
    let unreachable = Places { endpoint: "http://127.0.0.1:9".to_owned(), ..setting.places.clone() };
    let mut log = Log::default();
    assert_eq!(named(&tiny(), &unreachable, &mut log).unwrap().revision.as_str(), COMMIT);
    assert!(log.notes[0].contains("using what is in Hugging Face's cache"), "{:?}", log.notes);
}

#[test]
fn revisions_are_records_of_their_own() {
    let server = Repository::new().serve();
    let setting = Setting::new(&server);
    let name = NamedModel::parse("org/tiny@v2").unwrap();
    assert_eq!(named(&name, &setting.places, &mut Silent).unwrap().revision.as_str(), COMMIT);
    assert!(trusted(&tiny(), &setting.places).unwrap().is_none());
    let absent = NamedModel::parse("org/tiny@v3").unwrap();
    let error = reason(named(&absent, &setting.places, &mut Silent).unwrap_err());
    assert!(error.to_string().contains("v3: HTTP status 404"), "{error}");
    // A damaged record is neither used nor replaced silently.
    let record = setting.places.cache.join("trusted/org--tiny@v2.json");
    fs::write(&record, "{").unwrap();
    let error = named(&name, &setting.places, &mut Silent).unwrap_err();
    assert!(matches!(&error, FetchError::Record { path, .. } if *path == record), "{error:?}");
}
