//! Clients from the public package index against a running server: `prepare.sh` installs them, `clients.py` asks. Requests made up
//! from our own description of the API find no fault of the server.
//!
//! They run if `TRIALFIND_CLIENTS` names the folder that `prepare.sh` printed, as `.ci/run` does; else that is printed.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a check fails by panicking, and says when it is skipped"
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Made-up requests for each address.
const EXAMPLES: &str = "40";

/// A server over the sample records; ends with the test.
struct Server {
    child: Child,
    base: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn clients() -> Option<PathBuf> {
    let folder = std::env::var_os("TRIALFIND_CLIENTS").map(PathBuf::from);
    if folder.is_none() {
        println!(
            "skipped: TRIALFIND_CLIENTS names no folder with clients (tests/clients/prepare.sh makes one)"
        );
    }
    folder
}

fn serve(name: &str) -> Server {
    let program = env!("CARGO_BIN_EXE_trialfind");
    let index = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("clients")
        .join(name);
    let _ = std::fs::remove_dir_all(&index);
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/records");
    let built = Command::new(program)
        .args(["index", "--quiet", "--index"])
        .arg(&index)
        .arg(&records)
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    let mut child = Command::new(program)
        .args(["serve", "--addr", "127.0.0.1:0", "--index"])
        .arg(&index)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The address stands in what the server says of itself.
    let mut address = None;
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    for line in lines.by_ref().map_while(Result::ok) {
        if let Some(at) = line.find("http://127.0.0.1:") {
            let end = line[at + 7..].find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':');
            let end = end.map_or(line.len(), |end| at + 7 + end);
            address = Some(line[at..end].to_owned());
            break;
        }
    }
    std::thread::spawn(move || lines.for_each(drop));
    Server {
        child,
        base: address.unwrap(),
    }
}

#[test]
fn public_clients_are_served() {
    let Some(clients) = clients() else { return };
    let server = serve("public");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/clients.py");
    let asked = Command::new(clients.join("bin/python"))
        .arg(script)
        .arg(format!("{}/api/v2", server.base))
        .arg(clients.join("bin/biomcp"))
        .output()
        .unwrap();
    assert!(
        asked.status.success(),
        "{}{}",
        String::from_utf8_lossy(&asked.stdout),
        String::from_utf8_lossy(&asked.stderr)
    );
}

#[test]
fn made_up_requests_find_no_fault() {
    let Some(clients) = clients() else { return };
    let server = serve("made_up");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients");
    let asked = Command::new(clients.join("bin/schemathesis"))
        .current_dir(&folder)
        .args([
            "run",
            "--checks",
            "not_a_server_error",
            "--max-examples",
            EXAMPLES,
        ])
        .args([
            "--phases",
            "examples,coverage,fuzzing",
            "--seed",
            "1",
            "--include-path-regex",
            "/api/v2",
        ])
        .args(["--url", &server.base])
        .arg(format!("{}/api/openapi.json", server.base))
        .output()
        .unwrap();
    assert!(
        asked.status.success(),
        "{}{}",
        String::from_utf8_lossy(&asked.stdout),
        String::from_utf8_lossy(&asked.stderr)
    );
}
