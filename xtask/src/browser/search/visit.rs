//! A visitor of the search page: types, presses, chooses, and says what there is to see.

use std::io;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::chromium::Browser;

/// Names of the script's own parts, and what there is to see, for expressions in the page.
const SEEN: &str = "(() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const shown = (element) => !!element && element.checkVisibility();
    const said = (name) => shown(document.querySelector(`[data-say=${name}]`));
    return {
        count: document.querySelector('.search-count').textContent,
        total: Number((document.querySelector('.search-count').textContent.match(/[\\d,]+/) ?? ['0'])[0].replaceAll(',', '')),
        about: document.querySelector('.search-count').textContent.startsWith('约'),
        titles: all('.results h3').map((title) => title.textContent),
        urls: all('.results h3 a').map((link) => link.getAttribute('href')),
        kinds: all('.results > li').map((item) => item.className),
        labels: all('.results .tag').map((tag) => tag.textContent),
        dates: all('.results time').map((time) => time.dateTime),
        texts: all('.results > li').map((item) => item.textContent),
        marks: all('.results > li').map((item) => [...item.querySelectorAll('mark')].map((mark) => mark.textContent)),
        query: document.querySelector('#q').value,
        browse: shown(document.querySelector('.search-browse')),
        none: said('none'), loose: said('loose'), cut: said('cut'), failed: said('failed'), also: said('also'),
        why: all('[data-why]').filter(shown).map((why) => why.dataset.why),
        page: document.querySelector('.pager [aria-current]')?.textContent ?? '',
        focus: document.activeElement?.id ?? '',
        hash: location.hash, search: location.search,
    };
})()";

/// Nothing is under way: results or a message stand there, or the lists for browsing.
const SETTLED: &str = "(() => {
    const grid = document.querySelector('.search-grid');
    return document.readyState === 'complete' && !!grid && (grid.hidden || document.querySelector('.results').ariaBusy === 'false');
})()";

/// What a page must have noticed before anybody looks: a changed address, a pressed key.
const NOTICED: Duration = Duration::from_millis(60);

pub(super) struct Visitor<'a> {
    pub(super) browser: &'a mut Browser,
    /// Address of the portal.
    pub(super) root: String,
    pub(super) findings: Vec<String>,
    name: &'static str,
}

impl<'a> Visitor<'a> {
    pub(super) fn new(browser: &'a mut Browser, root: &str, name: &'static str) -> Visitor<'a> {
        Visitor { browser, root: root.to_owned(), findings: Vec::new(), name }
    }

    pub(super) fn expect(&mut self, good: bool, what: impl FnOnce() -> String) {
        if !good {
            self.findings.push(format!("search, {}: {}", self.name, what()));
        }
    }

    /// Opens a page of the portal.
    pub(super) fn open(&mut self, path: &str) -> io::Result<()> {
        self.browser.open(&format!("{}{path}", self.root))
    }

    /// Opens the search page with a state, and waits for what it shows.
    pub(super) fn search(&mut self, state: &[(&str, &str)]) -> io::Result<Value> {
        self.open(&format!("search/index.html#{}", encoded(state)))?;
        self.see()
    }

    /// What the search page shows when it has come to rest.
    pub(super) fn see(&mut self) -> io::Result<Value> {
        std::thread::sleep(NOTICED);
        self.browser.until(SETTLED)?;
        self.browser.evaluate(SEEN)
    }

    /// How many results a query has.
    pub(super) fn total(&mut self, query: &str) -> io::Result<u64> {
        Ok(self.search(&[("q", query)])?["total"].as_u64().unwrap_or(0))
    }

    pub(super) fn run(&mut self, expression: &str) -> io::Result<Value> {
        self.browser.evaluate(expression)
    }

    /// Types into whatever has the focus, as an input method does.
    pub(super) fn write(&mut self, text: &str) -> io::Result<()> {
        self.browser.call("Input.insertText", &json!({ "text": text })).map(drop)
    }

    /// Puts the caret into the search box that is visible, and empties it.
    pub(super) fn enter_box(&mut self) -> io::Result<()> {
        self.run(
            "(() => { const input = [...document.querySelectorAll('.searchbox input')].find((box) => box.checkVisibility());
                input.focus(); input.select(); return null; })()",
        )
        .map(drop)
    }

    pub(super) fn press(&mut self, key: &str) -> io::Result<()> {
        let code = match key {
            "Enter" => 13,
            "Escape" => 27,
            "ArrowUp" => 38,
            "ArrowDown" => 40,
            "/" => 191,
            _ => 0,
        };
        let text = match key {
            "Enter" => "\r",
            "/" => "/",
            _ => "",
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            self.browser.call("Input.dispatchKeyEvent", &event)?;
        }
        Ok(())
    }

    /// The texts of the suggestions, when there are any.
    pub(super) fn hints_of(&mut self, typed: &str) -> io::Result<Vec<String>> {
        // The list may still show what was searched for before.
        let typed = json!(typed);
        self.browser.until(&format!(
            "[...document.querySelectorAll('[role=option]')].some((hint) => hint.checkVisibility() && hint.textContent.includes({typed}))"
        ))?;
        self.hints()
    }

    /// What the open list offers.
    pub(super) fn hints(&mut self) -> io::Result<Vec<String>> {
        self.browser.until("!![...document.querySelectorAll('.hints')].find((list) => list.checkVisibility())")?;
        let hints = self.run(
            "[...document.querySelectorAll('[role=option]')].filter((hint) => hint.checkVisibility()).map((hint) => hint.textContent)",
        )?;
        Ok(texts(&hints))
    }
}

pub(super) fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// Names and values as they stand behind a `#`.
pub(super) fn encoded(state: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        state.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
    pairs.join("&")
}

fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn states_are_encoded() {
        assert_eq!(super::encoded(&[("q", "电 &"), ("page", "2")]), "q=%E7%94%B5%20%26&page=2");
    }
}
