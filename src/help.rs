//! What settings, presets and errors mean, as text: written where [`Prose`](crate::prose::Prose) is, so it can be sent
//! to where it is shown.
//!
//! A line is an entry, of three parts with a tab between them: what it is about, the text, and the words that people
//! use for it. What is not modelled is about nothing.

use std::rc::Rc;

use crate::params::ParamSpec;
use crate::preset::Preset;
use crate::sim::error::ErrorKind;

/// Before the name of a preset, before the class of an error.
const STORY: &str = "story of ";
const CAUSE: &str = "cause of ";
const CURE: &str = "cure of ";

/// The texts. Before they have come, there are none.
#[derive(Clone, Debug, Default)]
pub struct Help(Vec<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    about: String,
    text: Rc<str>,
    words: String,
}

impl Help {
    /// Reads what [`fn@write`] writes, and leaves out what is no entry.
    pub fn read(text: &str) -> Help {
        let entry = |line: &str| {
            let mut parts = line.split('\t');
            Some(Entry { about: parts.next()?.into(), text: parts.next()?.into(), words: parts.next()?.into() })
        };
        Help(text.lines().filter_map(entry).collect())
    }

    /// What a setting does.
    pub fn setting(&self, spec: &ParamSpec) -> Option<Rc<str>> {
        self.text("", spec.key)
    }

    /// What happens in a preset, and where to start.
    pub fn story(&self, preset: &Preset) -> Option<Rc<str>> {
        self.text(STORY, preset.name)
    }

    /// What has happened when a request fails so, and what removes that.
    pub fn cause_and_cure(&self, kind: ErrorKind) -> Option<[Rc<str>; 2]> {
        Some([self.text(CAUSE, kind.class())?, self.text(CURE, kind.class())?])
    }

    fn text(&self, of: &str, name: &str) -> Option<Rc<str>> {
        self.0.iter().find(|entry| entry.about.strip_prefix(of) == Some(name)).map(|entry| entry.text.clone())
    }

    /// Whether every word of a search is in the setting's names or in what it does, or what people call it begins
    /// with the word.
    pub fn finds(&self, spec: &ParamSpec, search: &str) -> bool {
        let entry = self.0.iter().find(|entry| entry.about == spec.key);
        let texts = [spec.key, spec.label, spec.unit, entry.map_or("", |entry| &entry.text)];
        let finds_word = |wanted: String| {
            texts.iter().any(|text| text.to_ascii_lowercase().contains(&wanted))
                || entry.is_some_and(|entry| entry.has(&wanted))
        };
        let mut words = search.split_whitespace().map(str::to_ascii_lowercase).peekable();
        words.peek().is_some() && words.all(finds_word)
    }

    /// What to say of a search for something that is not modelled.
    pub fn not_modelled(&self, search: &str) -> Option<Rc<str>> {
        let wanted = search.trim().to_ascii_lowercase();
        let is_it = |entry: &&Entry| entry.about.is_empty() && wanted.len() > 1 && entry.has(&wanted);
        self.0.iter().find(is_it).map(|entry| entry.text.clone())
    }
}

impl Entry {
    /// Whether one of its words begins so.
    fn has(&self, wanted: &str) -> bool {
        self.words.split(' ').any(|word| word.starts_with(wanted))
    }
}

/// All texts, for [`Help::read`].
#[cfg(feature = "prose")]
pub fn write() -> String {
    use crate::params::{PARAMS, synonyms};
    use crate::preset::PRESETS;
    use crate::prose::Prose;
    use crate::sim::error::ERRORS;

    let mut all = String::new();
    let mut add = |of: &str, name: &str, text: &str, words: &str| {
        // One line, whatever the table's lines are.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        all += &format!("{of}{name}\t{text}\t{words}\n");
    };
    for spec in PARAMS {
        let rows = synonyms::SYNONYMS.iter().filter(|(_, keys)| keys.contains(&spec.key));
        add("", spec.key, spec.doc.text(), &rows.map(|(words, _)| *words).collect::<Vec<_>>().join(" "));
    }
    for preset in PRESETS {
        add(STORY, preset.name, preset.story.text(), "");
    }
    for spec in ERRORS {
        let mut add = |of: &str, text: Prose| add(of, spec.class, text.text(), "");
        add(CAUSE, spec.cause);
        add(CURE, spec.cure);
    }
    for (words, says) in synonyms::NOT_MODELLED {
        add("", "", says, words);
    }
    all
}

#[cfg(all(test, feature = "prose"))]
mod tests {
    use super::*;
    use crate::params::{PARAMS, synonyms};
    use crate::preset::PRESETS;
    use crate::sim::error::ERRORS;

    fn found(help: &Help, search: &str) -> Vec<&'static str> {
        PARAMS.iter().filter(|spec| help.finds(spec, search)).map(|spec| spec.key).collect()
    }

    #[test]
    fn every_text_of_the_tables_arrives() {
        let help = Help::read(&write());
        let words = |text: &str| text.split_whitespace().map(String::from).collect::<Vec<_>>();
        for spec in PARAMS {
            let text = help.setting(spec).expect("a description");
            assert_eq!(words(&text), words(spec.doc.text()), "{}", spec.key);
        }
        for preset in PRESETS {
            assert_eq!(help.story(preset).as_deref(), Some(preset.story.text()));
        }
        for spec in ERRORS {
            let texts = help.cause_and_cure(spec.kind).expect("cause and cure");
            assert_eq!(texts.each_ref().map(|text| &**text), [spec.cause.text(), spec.cure.text()]);
        }
    }

    #[test]
    fn before_the_texts_have_come_a_search_finds_names() {
        let help = Help::read("<p class=wait>They could not be loaded.</p>");
        assert_eq!(found(&help, "MaxIdleConnsPerHost"), ["idle"]);
        assert_eq!(found(&help, "concurrency"), Vec::<&str>::new());
        assert_eq!((help.setting(&PARAMS[0]), help.not_modelled("tls")), (None, None));
    }

    #[test]
    fn every_synonym_finds_settings_that_exist() {
        let help = Help::read(&write());
        for (words, keys) in synonyms::SYNONYMS {
            for key in *keys {
                assert!(PARAMS.iter().any(|spec| spec.key == *key), "{key}");
                assert!(words.split(' ').all(|word| found(&help, word).contains(key)), "{words}: {key}");
            }
        }
    }

    #[test]
    fn what_people_call_a_setting_finds_it() {
        let help = Help::read(&write());
        for (search, key) in [
            ("concurrency", "workers"),
            ("Concurren", "max-conns"),
            ("concurrency", "callers"),
            ("MaxIdleConnsPerHost", "idle"),
            ("connection pool", "idle"),
            ("ulimit", "server-fds"),
            ("qps", "rps"),
            ("ephemeral", "ports"),
        ] {
            assert!(found(&help, search).contains(&key), "{search}: {:?}", found(&help, search));
        }
        assert_eq!(found(&help, "TIME_WAIT"), ["tw-reuse", "tw-buckets", "server-closes"]);
        assert_eq!(found(&help, "zebra"), Vec::<&str>::new());
        assert_eq!(found(&help, "  "), Vec::<&str>::new());
    }

    #[test]
    fn what_is_not_modelled_is_said_to_be_that() {
        let help = Help::read(&write());
        for search in ["tls", "TLS ", "https", "http/2", "grpc", "dns", "nginx"] {
            assert!(help.not_modelled(search).is_some(), "{search}");
        }
        for search in ["", "t", "workers", "zebra"] {
            assert_eq!(help.not_modelled(search), None, "{search}");
        }
    }
}
