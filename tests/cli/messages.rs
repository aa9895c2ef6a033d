//! E-mail, subtitles and transcripts in the output of `passages`.

use serde_json::Value;

use super::Folder;

fn sources(name: &str, text: &str) -> Vec<Value> {
    let folder = Folder::with(&[]);
    folder.write(name, text);
    folder.run(&["passages", name, "--format", "json"]).exits(0).json()["sources"].as_array().unwrap().clone()
}

#[test]
fn a_mailbox_is_read_message_by_message() {
    let message = |id: u32| {
        format!(
            "From x@example.org Tue May  6 09:14:02 2031\nFrom: Ida Kerr <ida@example.org>\nSubject: Drawer {id}\n\n\
             The drawer in room {id} was locked for years.\n\n"
        )
    };
    let found = sources("box.mbox", &(message(1) + &message(2)));
    let titles: Vec<_> = found.iter().map(|source| source["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Drawer 1", "Drawer 2"]);
    assert_eq!(found[1]["passages"][0]["text"], "The drawer in room 2 was locked for years.");
}

#[test]
fn a_turn_stands_under_its_speaker() {
    let text = "CHAIR: Were you there?\n\nMR HOLM: No.\n\nCHAIR: Why not?\n\nMR HOLM: It was dark.\n";
    let passages = &sources("hearing.txt", text)[0]["passages"];
    assert_eq!((&passages[1]["heading"], &passages[1]["text"]), (&"MR HOLM".into(), &"No.".into()));
}
