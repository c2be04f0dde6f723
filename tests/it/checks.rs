//! The checks of the model card: they hold where they apply, they see a wrong number, and they say why they do not apply.

use connlab::preset::PRESETS;
use connlab::sim::checks::{self, Check, Finding};

use super::lab;

#[test]
fn experiment() {
    let link_list = std::env::var("LINKS").unwrap_or_default();
    let seeds: u64 = std::env::var("SEEDS").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    let mut tally = std::collections::BTreeMap::new();
    for base in link_list.split_whitespace() {
        for seed in 1..=seeds {
            let r = lab::run(&format!("{base}&seed={seed}"));
            for c in &r.checks {
                *tally.entry((base, c.id, c.finding.verdict())).or_insert(0) += 1;
                if seed == 1 || c.finding.verdict() == "outside" { println!("{seed} {} {:?}", c.id, c.finding); }
            }
        }
    }
    for (k, v) in tally { println!("{k:?} {v}"); }
}
