//! Links as QR codes: one for all, and a sheet to print with one for each group.

use connlab::teaching::{WHO, seed_of};
use connlab::words::count;
use maud::{Markup, html};
use qrcodegen::{QrCode, QrCodeEcc};

/// From so many characters on a code is so fine that phones fail to read it from a few metres.
const FINE: usize = 300;

/// What the largest code holds, in bytes.
const MOST: u64 = 2_953;

/// Light modules around a code: a reader needs them.
const QUIET: i32 = 4;

/// Groups are for a room.
const GROUPS_MOST: u64 = 60;

/// A code of this address; and of a link of its own for each of these groups: so many, or by their names.
pub fn code(address: &str, groups: &str) -> Markup {
    let links = group_links(address, groups);
    let address = without(address, &["groups"]);
    html! {
        div.qr {
            (drawn(&address).unwrap_or_else(|| too_long(&address)))
            p.address { (address) }
            @if address.len() > FINE && address.len() as u64 <= MOST {
                p {
                    "This link has " (count(address.len() as u64)) " characters, and its code is fine: it may only \
                    scan from near by. Fewer changed settings make it shorter."
                }
            }
        }
        div.for-groups {
            label for="groups" { "A sheet with a code for each group, as many as this, or by names" }
            input.text id="groups" data-in="groups" autocomplete="off" placeholder="6, or Ada,Bob" value=(groups);
            @if !links.is_empty() { p { "Print this page: the sheet is what is printed." } }
        }
        ol.sheet-of-codes aria-label="Codes of all groups" {
            @for (name, link) in &links {
                li { (drawn(link).unwrap_or_else(|| too_long(link))) h3 { (name) } p.address { (link) } }
            }
        }
    }
}

fn too_long(address: &str) -> Markup {
    html! {
        p role="alert" {
            "This link is too long for a QR code: it has " (count(address.len() as u64)) " bytes, and a code holds "
            (count(MOST)) "."
        }
    }
}

/// The code of an address, as a picture; none of one that is too long. A short one can be read even where a part of it
/// cannot be seen.
fn drawn(address: &str) -> Option<Markup> {
    let correction = if address.len() <= FINE { QrCodeEcc::Medium } else { QrCodeEcc::Low };
    let code =
        QrCode::encode_text(address, correction).or_else(|_| QrCode::encode_text(address, QrCodeEcc::Low)).ok()?;
    let side = code.size() + 2 * QUIET;
    Some(html! {
        svg viewBox={ "0 0 " (side) " " (side) } role="img" aria-label={ "QR code of " (address) }
            shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path(&code)) fill="#000" {}
        }
    })
}

/// The dark modules, row by row, each stretch of them a rectangle.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let length = (x..code.size()).take_while(|x| code.get_module(*x, y)).count() as i32;
            if length > 0 {
                path += &format!("M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET);
            }
            x += length + 1;
        }
    }
    path
}

/// The address without these keys of its link.
fn without(address: &str, keys: &[&str]) -> String {
    let (place, link) = address.split_once('#').unwrap_or(("", address));
    let is_kept = |part: &&str| !keys.contains(&part.split('=').next().unwrap_or_default());
    let link = link.split('&').filter(is_kept).collect::<Vec<_>>().join("&");
    if place.is_empty() { link } else { format!("{place}#{link}") }
}

/// Each group's name and address, which has its seed.
fn group_links(address: &str, groups: &str) -> Vec<(String, String)> {
    let names: Vec<String> = match groups.parse::<u64>() {
        Ok(groups) => (1..=groups.min(GROUPS_MOST)).map(|group| group.to_string()).collect(),
        Err(_) => {
            groups.split(',').filter(|name| !name.is_empty()).take(GROUPS_MOST as usize).map(Into::into).collect()
        }
    };
    let shared = without(address, &["groups", "seed", WHO]);
    let link = |name: String| {
        let seed = seed_of(&name)?;
        let link = format!("{shared}&seed={seed}&{WHO}={name}");
        Some((if groups.parse::<u64>().is_ok() { format!("Group {name}") } else { name }, link))
    };
    names.into_iter().filter_map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "https://example.org/lab/#v=1&p=incident&seed=4&lock=all&unlock=idle";

    /// What a camera reads of a picture: its modules, eight pixels each.
    fn read(svg: &str) -> String {
        let between =
            |from: &str, to: char| svg.split(from).nth(1).and_then(|rest| rest.split(to).next()).expect("there");
        let side: usize = between("viewBox=\"0 0 ", ' ').parse().expect("a number");
        let mut dark = vec![false; side * side];
        for part in between(" d=\"", '"').split('M').skip(1) {
            let numbers: Vec<usize> =
                part.split(['h', 'v', ' ', '-', 'z']).filter_map(|number| number.parse().ok()).collect();
            let (x, y, length) = (numbers[0], numbers[1], numbers[2]);
            dark[y * side + x..y * side + x + length].fill(true);
        }
        let pixel = |x: usize, y: usize| if dark[y / 8 * side + x / 8] { 0 } else { 255 };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * 8, side * 8, pixel);
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().expect("it can be read").1
    }

    #[test]
    fn a_camera_reads_the_link_that_was_drawn() {
        for address in [ADDRESS.to_string(), format!("{ADDRESS}&note={}", "long".repeat(100))] {
            assert_eq!(read(&drawn(&address).expect("a code").into_string()), address);
        }
    }

    #[test]
    fn a_link_that_scans_badly_or_not_at_all_says_so() {
        let said = |length: usize| code(&format!("{ADDRESS}&because={}", "x".repeat(length)), "").into_string();
        assert!(!said(10).contains("fine") && said(300).contains("its code is fine"));
        let long = said(3_000);
        assert!(long.contains("too long for a QR code: it has 3,0") && !long.contains("<svg"), "{long}");
    }

    #[test]
    fn every_group_has_a_code_with_a_seed_of_its_own() {
        let sheet = code(&format!("{ADDRESS}&groups=3"), "3").into_string();
        let codes: Vec<String> = sheet.split("<svg").skip(1).map(read).collect();
        assert_eq!(codes[0], ADDRESS);
        let shared = "https://example.org/lab/#v=1&p=incident&lock=all&unlock=idle";
        assert_eq!(codes[1..], [1, 2, 3].map(|group| format!("{shared}&seed={group}&who={group}")));
        let named = group_links(ADDRESS, "Ada,Bob");
        assert_eq!(named[0], ("Ada".into(), format!("{shared}&seed={}&who=Ada", seed_of("ada").unwrap())));
        assert_eq!(group_links(ADDRESS, "9999").len(), GROUPS_MOST as usize);
        assert!(group_links(ADDRESS, "").is_empty());
    }
}
