//! A picture as pixels.

use ::png::{BitDepth, ColorType, Encoder, EncodingError};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{FaceInfo, Style};
use resvg::usvg::{FontResolver, FontSelectionFn, Group, Node, Options, Tree};

/// Pixels to one of the document's: sharp also where it is enlarged.
const RATIO: f32 = 2.0;

/// This SVG document as a PNG file, which has the link and the fingerprint as texts, too.
///
/// # Errors
/// Why not, in a sentence: no font, mostly.
pub fn of(svg: &str, link: &str, fingerprint: &str) -> Result<Vec<u8>, String> {
    let tree = parsed(svg)?;
    let size = tree.size().to_int_size().scale_by(RATIO).ok_or("a picture without a size")?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("a picture without a size")?;
    resvg::render(&tree, Transform::from_scale(RATIO, RATIO), &mut pixels.as_mut());
    encoded(&pixels, link, fingerprint).map_err(|error| format!("a picture that is no PNG: {error}"))
}

/// What is to be drawn. Texts for which there is no font are left out by the library, which is no picture of the run.
fn parsed(svg: &str) -> Result<Tree, String> {
    let font_resolver = FontResolver { select_font: any_font(), ..Default::default() };
    let mut options = Options { font_resolver, ..Default::default() };
    options.fontdb_mut().load_system_fonts();
    let tree = Tree::from_str(svg, &options).map_err(|error| format!("a picture that is no SVG: {error}"))?;
    match texts(tree.root()) == svg.matches("<text ").count() {
        true => Ok(tree),
        false => {
            Err("a PNG needs a font, and this machine has none that fits: install one (on Debian, fonts-dejavu-core), \
                      or write an .svg"
                .into())
        }
    }
}

/// The font that is asked for; where there is none of them, the one that is most like it. What letters it lacks are
/// looked for in the others.
fn any_font() -> FontSelectionFn<'static> {
    let asked_for = FontResolver::default_font_selector();
    Box::new(move |font, fonts| {
        let unlike = |face: &FaceInfo| {
            let is_sans = face.families.iter().any(|(name, _)| name.contains("Sans"));
            let weight = face.weight.0.abs_diff(font.weight());
            (face.style != Style::Normal, face.monospaced, !is_sans, weight, face.post_script_name.clone())
        };
        asked_for(font, fonts).or_else(|| Some(fonts.faces().min_by_key(|face| unlike(face))?.id))
    })
}

/// How many texts are drawn.
fn texts(group: &Group) -> usize {
    let of = |node: &Node| match node {
        Node::Group(group) => texts(group),
        Node::Text(_) => 1,
        _ => 0,
    };
    group.children().iter().map(of).sum()
}

fn encoded(pixels: &Pixmap, link: &str, fingerprint: &str) -> Result<Vec<u8>, EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, pixels.width(), pixels.height());
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    encoder.add_itxt_chunk("Software".into(), "ConnLab (simulated, not measured)".into())?;
    encoder.add_itxt_chunk("Link".into(), link.into())?;
    encoder.add_itxt_chunk("Fingerprint".into(), fingerprint.into())?;
    let mut writer = encoder.write_header()?;
    // The ground is opaque: premultiplied colours are the colours.
    writer.write_image_data(pixels.data())?;
    writer.finish()?;
    Ok(bytes)
}
