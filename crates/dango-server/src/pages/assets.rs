//! The stylesheet, the script and the mark: part of the program, named after their content.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

static STYLE: &[u8] = include_bytes!("../../assets/dango.css");
static SCRIPT: &[u8] = include_bytes!("../../assets/dango.js");
static MARK: &[u8] = include_bytes!("../../assets/mark.svg");

static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets {
    style: path_of("dango", STYLE, "css"),
    script: path_of("dango", SCRIPT, "js"),
    mark: path_of("mark", MARK, "svg"),
});

/// Where the static files are; the paths change with the content, so they may be kept for ever.
#[derive(Debug)]
pub(crate) struct Assets {
    /// The stylesheet.
    pub(crate) style: String,
    /// The script.
    pub(crate) script: String,
    /// The mark, also the page's icon.
    pub(crate) mark: String,
}

/// A static file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asset {
    /// Its media type.
    pub(crate) content_type: &'static str,
    /// Its content.
    pub(crate) bytes: &'static [u8],
}

impl Assets {
    /// The files of this build.
    pub(crate) fn get() -> &'static Self {
        &ASSETS
    }

    /// Finds the file with exactly this path.
    pub(crate) fn find(&self, path: &str) -> Option<Asset> {
        [
            (&self.style, "text/css; charset=utf-8", STYLE),
            (&self.script, "text/javascript; charset=utf-8", SCRIPT),
            (&self.mark, "image/svg+xml", MARK),
        ]
        .into_iter()
        .find(|(known, ..)| *known == path)
        .map(|(_, content_type, bytes)| Asset {
            content_type,
            bytes,
        })
    }
}

fn path_of(name: &str, bytes: &[u8], extension: &str) -> String {
    let digest = Sha256::digest(bytes);
    let hash = digest
        .iter()
        .take(8)
        .fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
    format!("/static/{name}.{hash:016x}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_their_exact_path_only() {
        let assets = Assets::get();
        assert!(
            assets
                .find(&assets.style)
                .is_some_and(|file| file.bytes == STYLE)
        );
        assert!(assets.find("/static/dango.css").is_none());
        assert!(assets.find(&assets.script.replace(".js", ".css")).is_none());
    }
}
