//! In headless Chromium, where there is one with its driver (Debian: `chromium chromium-driver`); else it says what it leaves out.
//! `TRIALFIND_AXE` names the file `axe.min.js` of the npm package axe-core: then no page may have a serious finding.
//! `TRIALFIND_BROWSER=required` makes both a must.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trialfind::server::Limits;

use crate::sockets::run;

/// How long a page may take to become what is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// The key under which the protocol names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser, driven by the W3C WebDriver protocol.
struct Browser {
    driver: Child,
    session: String,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = ureq::delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn send(url: &str, body: &Value) -> Result<Value, String> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let answer = agent
        .post(url)
        .header("content-type", "application/json")
        .send(body.to_string());
    let mut answer = answer.map_err(|error| error.to_string())?;
    let text = answer.body_mut().read_to_string().unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    match answer.status().is_success() {
        true => Ok(value["value"].clone()),
        false => Err(value["value"]["message"].to_string()),
    }
}

impl Browser {
    /// Starts the driver and the browser; `None` if there is no driver.
    fn start() -> Option<Browser> {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port: u16 = lines
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, port) = line.rsplit_once("successfully on port ")?;
                port.trim_end_matches('.').parse().ok()
            })
            .unwrap();
        let profile = tempfile::tempdir().unwrap();
        let options = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": { "args": [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1200,1000",
            format!("--user-data-dir={}", profile.path().display()),
        ] } } } });
        let driver_url = format!("http://127.0.0.1:{port}/session");
        let session = send(&driver_url, &options).unwrap();
        Some(Browser {
            driver,
            session: format!("{driver_url}/{}", session["sessionId"].as_str().unwrap()),
            _profile: profile,
        })
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.session);
        send(&url, body).unwrap_or_else(|error| panic!("{path} {body}: {error}"))
    }

    fn go(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// What a script gives.
    fn script(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Waits until a script gives true.
    fn until(&self, condition: &str) {
        let started = Instant::now();
        while self.script(&format!("return Boolean({condition})")) != true {
            let here =
                self.script("return location.href + ' ' + document.body.innerText.slice(0, 600)");
            assert!(started.elapsed() < PATIENCE, "never: {condition} at {here}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn element(&self, selector: &str) -> String {
        let found = self.post(
            "/element",
            &json!({ "using": "css selector", "value": selector }),
        );
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    fn click(&self, selector: &str) {
        self.until(&format!("document.querySelector({})", json!(selector)));
        self.script(&format!(
            "document.querySelector({}).scrollIntoView({{block: 'center', behavior: 'instant'}})",
            json!(selector)
        ));
        let element = self.element(selector);
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    fn type_into(&self, selector: &str, text: &str) {
        let element = self.element(selector);
        self.post(
            &format!("/element/{element}/value"),
            &json!({ "text": text }),
        );
    }

    /// What axe-core finds to be serious on the page.
    fn faults(&self, axe: &str) -> Vec<String> {
        self.script(&format!("{axe}; window.axe = axe;"));
        let script = "const done = arguments[arguments.length - 1]; axe.run().then((found) => done(found.violations
            .filter((fault) => ['serious', 'critical'].includes(fault.impact))
            .map((fault) => fault.id + ': ' + fault.nodes.map((node) => node.html).slice(0, 3).join(' | '))))";
        let found = self.post("/execute/async", &json!({ "script": script, "args": [] }));
        found
            .as_array()
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect()
    }
}

const ENTER: &str = "\u{e007}";
const DOWN: &str = "\u{e015}";

#[test]
fn people_find_compare_and_keep_trials() {
    let required = std::env::var_os("TRIALFIND_BROWSER").is_some_and(|value| value == "required");
    let Some(browser) = Browser::start() else {
        assert!(!required, "no chromedriver");
        eprintln!("left out: the pages in a browser (install chromium and chromedriver)");
        return;
    };
    let server = run(Limits::default());
    let at = |path: &str| format!("http://{}{path}", server.address);

    // Suggestions by keyboard.
    browser.go(&at("/"));
    browser.type_into("#q", "osteoar");
    browser.until("document.querySelector('.suggestions:not([hidden]) li')");
    browser.type_into("#q", DOWN);
    browser.until("document.querySelector('#q').getAttribute('aria-activedescendant')");
    browser.type_into("#q", ENTER);
    browser.until("location.pathname === '/search' && /osteoarthritis/i.test(document.querySelector('#q').value)");

    // A query, two phases, a trial, and back.
    browser.go(&at("/"));
    browser.type_into("#q", &format!("knee{ENTER}"));
    browser.until("location.pathname === '/search'");
    browser.click("input[name=phase][value=EARLY_PHASE1]");
    browser.until(
        "location.search.includes('phase=EARLY_PHASE1') && document.readyState === 'complete'",
    );
    browser.click("input[name=phase][value=PHASE1]");
    browser.until("location.search.includes('phase=PHASE1') && document.readyState === 'complete'");
    assert_eq!(
        browser.script("return location.search.includes('phase=EARLY_PHASE1')"),
        true
    );
    assert_eq!(
        browser.script("return location.search.includes('near=')"),
        false
    );
    assert_eq!(
        browser.script("return document.querySelectorAll('.chip').length"),
        2
    );
    let search = browser.script("return location.href");
    browser.click(".card h3 a");
    browser.until("location.pathname.startsWith('/trials/') && document.querySelector('mark')");
    browser.post("/back", &json!({}));
    browser.until(&format!(
        "location.href === {search} && document.querySelector('.card')"
    ));
    assert_eq!(
        browser.script("return document.querySelectorAll('input[name=phase]:checked').length"),
        2
    );

    // Two are ticked, which are kept at once, and compared.
    browser.click(".card:nth-of-type(1) .tick input");
    browser.until("document.querySelector('[data-kept]').textContent === '1'");
    browser.click(".card:nth-of-type(2) .tick input");
    browser.until("document.querySelector('[data-kept]').textContent === '2'");
    browser.click("button[formaction='/compare']");
    browser.until("location.pathname === '/compare'");
    assert_eq!(
        browser.script("return document.querySelectorAll('th[scope=col]').length"),
        2
    );
    assert_eq!(
        browser.script("return /^\\?id=[^&]+&id=[^&]+$/.test(location.search)"),
        true
    );

    // A story is posted, and what was understood of it shown.
    browser.go(&at("/patient"));
    browser.type_into("#story", "A 45-year-old man with chronic low back pain.");
    browser.click("#story-form button[type=submit]");
    browser.until("document.querySelector('.findings')");
    assert_eq!(browser.script("return location.search"), "");

    let Some(axe) = std::env::var_os("TRIALFIND_AXE") else {
        assert!(!required, "TRIALFIND_AXE is not set");
        eprintln!("left out: accessibility by axe-core (TRIALFIND_AXE names its axe.min.js)");
        return;
    };
    let axe = fs::read_to_string(axe).unwrap();
    let mut faults = browser.faults(&axe);
    let pages = [
        "/",
        "/search?q=knee&phase=2&near=Lyon,+France&within=900km",
        "/search?q=zzzqqq&no_widen=1",
        "/search?q=%22",
        "/trials/NCT03737461?q=disc",
        "/trials/NCT09999999",
        "/compare?id=NCT03737461&id=NCT09999999",
        "/selection",
        "/patient",
        "/help",
    ];
    for colours in ["light", "dark"] {
        let media = json!([{ "name": "prefers-color-scheme", "value": colours }]);
        let set = json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "features": media } });
        browser.post("/goog/cdp/execute", &set);
        for page in pages {
            browser.go(&at(page));
            for fault in browser.faults(&axe) {
                faults.push(format!("{page} ({colours}): {fault}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
