/// Whether a row of the table has a flag. A word that is none does not compile.
///
/// ```
/// include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/params/flag.rs"));
/// fn main() { assert!(flag!(live: live) && flag!(prominent: prominent) && !flag!(live:) && !flag!(prominent:)); }
/// ```
///
/// ```compile_fail
/// include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/params/flag.rs"));
/// fn main() { assert!(flag!(live: alive)); }
/// ```
///
/// ```compile_fail
/// include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/params/flag.rs"));
/// fn main() { assert!(flag!(live: prominent)); }
/// ```
macro_rules! flag {
    (live:) => {
        false
    };
    (live: live) => {
        true
    };
    (prominent:) => {
        false
    };
    (prominent: prominent) => {
        true
    };
}
