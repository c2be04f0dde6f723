//! Shortens the names by which each wasm module and its script refer to each other. The names that wasm-bindgen gives
//! are long and end in hashes, which hardly compress, and each is in both files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{ExportSection, ImportSection, Module, RawSection};
use wasmparser::{Export, Parser, Payload};

/// How the file name of a module ends; that of its script ends with `.js` instead.
const MODULE: &str = "_bg.wasm";

/// Shortens the names in all modules of `dist`, and in their scripts.
pub fn shorten(dist: &Path) -> Result<()> {
    for entry in fs::read_dir(dist)? {
        let module = entry?.path();
        let Some(name) = module.file_name().and_then(|name| name.to_str()?.strip_suffix(MODULE)) else { continue };
        let script = dist.join(format!("{name}.js"));
        let (wasm, text) = shortened(&fs::read(&module)?, &fs::read_to_string(&script)?)
            .with_context(|| format!("the names of {name} could not be shortened"))?;
        fs::write(&module, wasm)?;
        fs::write(&script, text)?;
    }
    Ok(())
}

/// A module and its script with short names.
fn shortened(wasm: &[u8], script: &str) -> Result<(Vec<u8>, String)> {
    let mut names = Names::default();
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => {
                let mut imports = ImportSection::new();
                for import in section.into_imports() {
                    let import = import?;
                    imports.import(import.module, names.short(import.name), RoundtripReencoder.entity_type(import.ty)?);
                }
                module.section(&imports);
            }
            Payload::ExportSection(section) => {
                let mut exports = ExportSection::new();
                for export in section {
                    let Export { name, kind, index } = export?;
                    let name = if is_mangled(name) { names.short(name) } else { name };
                    exports.export(name, RoundtripReencoder.export_kind(kind)?, index);
                }
                module.section(&exports);
            }
            // They name the compiler and its tools; browsers ignore them.
            Payload::CustomSection(_) => {}
            other => {
                if let Some((id, range)) = other.as_section() {
                    module.section(&RawSection { id, data: &wasm[range] });
                }
            }
        }
    }
    Ok((module.finish(), names.written_in(script)?))
}

/// The short names that were given so far, by the long ones.
#[derive(Default)]
struct Names(BTreeMap<String, String>);

impl Names {
    /// The short name for this one.
    fn short(&mut self, name: &str) -> &str {
        let number = self.0.len();
        self.0.entry(name.into()).or_insert_with(|| letters(number))
    }

    /// The script with short names. It must contain all the long ones: otherwise script and module would not match.
    fn written_in(&self, script: &str) -> Result<String> {
        let ends = |c: char| !(c.is_ascii_alphanumeric() || "_$".contains(c));
        let mut text = String::with_capacity(script.len());
        let mut missing: BTreeSet<&str> = self.0.keys().map(String::as_str).collect();
        for part in script.split_inclusive(ends) {
            let (word, end) = part.split_at(part.find(ends).unwrap_or(part.len()));
            missing.remove(word);
            text += self.0.get(word).map_or(word, String::as_str);
            text += end;
        }
        ensure!(missing.is_empty(), "the script does not have {missing:?}");
        Ok(text)
    }
}

/// A number as letters: a to z, A to Z, then two of them.
fn letters(number: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let last = char::from(LETTERS[number % LETTERS.len()]);
    match number / LETTERS.len() {
        0 => last.into(),
        more => letters(more - 1) + &String::from(last),
    }
}

/// Whether the name was made from a path of Rust. The others, such as `memory`, are short, and the tests use them.
fn is_mangled(export: &str) -> bool {
    export.starts_with("wasm_bindgen_")
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{EntityType, ExportKind, GlobalType, ValType};

    use super::*;

    /// A module with these imports and exports, all of them globals.
    fn module(imported: &[&str], exported: &[&str]) -> Vec<u8> {
        let global = GlobalType { val_type: ValType::I32, mutable: false, shared: false };
        let (mut imports, mut exports) = (ImportSection::new(), ExportSection::new());
        for name in imported {
            imports.import("./app_bg.js", name, EntityType::Global(global));
        }
        for name in exported {
            exports.export(name, ExportKind::Global, 0);
        }
        let mut module = Module::new();
        module.section(&imports).section(&exports);
        module.finish()
    }

    fn names_in(wasm: &[u8]) -> Vec<String> {
        let mut names = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.expect("a module") {
                Payload::ImportSection(section) => {
                    let imports = section.into_imports().map(|import| import.expect("an import"));
                    names.extend(imports.map(|import| format!("{} {}", import.module, import.name)));
                }
                Payload::ExportSection(section) => {
                    names.extend(section.into_iter().map(|export| export.expect("an export").name.to_string()));
                }
                _ => {}
            }
        }
        names
    }

    const LOG: &str = "__wbg_log_0c201ade58bb55e1";
    const LOGS: &str = "__wbg_log_0c201ade58bb55e1_more";
    const CALL: &str = "wasm_bindgen_4f79b787___convert__closures";

    #[test]
    fn module_and_script_get_the_same_short_names() {
        let script = format!("{{{LOGS}:()=>1,{LOG}:a=>E.{CALL}(E.memory)}}");
        let (wasm, script) = shortened(&module(&[LOG, LOGS], &["memory", CALL]), &script).expect("both");
        assert_eq!(names_in(&wasm), ["./app_bg.js a", "./app_bg.js b", "memory", "c"]);
        assert_eq!(script, "{b:()=>1,a:a=>E.c(E.memory)}");
    }

    #[test]
    fn a_script_of_another_module_is_refused() {
        let error = shortened(&module(&[LOG], &[]), LOGS).expect_err("no such name");
        assert!(error.to_string().contains(LOG), "{error}");
    }

    #[test]
    fn no_two_names_are_shortened_to_one() {
        let all: BTreeSet<String> = (0..5_000).map(letters).collect();
        assert_eq!(all.len(), 5_000);
        assert_eq!([0, 51, 52, 103, 104].map(letters), ["a", "Z", "aa", "aZ", "ba"]);
    }
}
