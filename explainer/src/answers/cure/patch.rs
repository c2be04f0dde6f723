//! What a change is, line by line: of a program, and of kernel settings.

use similar::DiffOp;
use similar::algorithms::{Capture, lcs};

/// The lines of code that are new or other than they were, without their indentation. Comments about the run are left
/// out.
pub fn code(before: &str, after: &str) -> String {
    let [old, new] = [before, after].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let mut diff = Capture::new();
    // It cannot fail: writing down what differs never does.
    let _ = lcs::diff(&mut diff, &old[..], 0..old.len(), &new[..], 0..new.len());
    let inserted = diff.ops().iter().filter_map(|op| match *op {
        DiffOp::Insert { new_index, new_len, .. } | DiffOp::Replace { new_index, new_len, .. } => {
            Some(&new[new_index..new_index + new_len])
        }
        _ => None,
    });
    let lines: Vec<&str> = inserted.flatten().copied().filter(|line| !line.trim_start().starts_with("//")).collect();
    let indent = |line: &&str| line.len() - line.trim_start_matches('\t').len();
    let least = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    lines.iter().map(|line| line.get(least..).unwrap_or("\n")).collect()
}

/// The kernel settings that the change is about, and how they come into force.
pub fn settings(before: &str, after: &str) -> String {
    let is_setting = |line: &&str| line.contains(" = ");
    let name = |line: &str| line.split(" = ").next().unwrap_or_default().to_string();
    let new = after.lines().filter(is_setting).filter(|line| !before.lines().any(|old| old == *line));
    let gone = before.lines().filter(is_setting).filter(|old| !after.lines().any(|line| name(line) == name(old)));
    let lines: Vec<String> = new.map(String::from).chain(gone.map(|line| format!("# No longer: {line}"))).collect();
    if lines.is_empty() {
        return "# This change needs no kernel setting.\n".into();
    }
    let listens = lines.iter().any(|line| line.contains("somaxconn"));
    let restart = if listens { "\n# listen() reads it once: restart the server." } else { "" };
    format!("{}{restart}\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_program_only_the_lines_that_change_are_shown() {
        let before = "// A run.\nfunc main() {\n\tidle = 2\n\ttimeout = 1\n}\n";
        let after = "// Another run.\nfunc main() {\n\tidle = 2\n\ttimeout = 5\n}\n";
        assert_eq!(code(before, after), "timeout = 5\n");
        assert_eq!(code(before, before), "");
    }

    #[test]
    fn only_kernel_settings_that_change_are_handed_out() {
        let before = "# On the server:\nnet.core.somaxconn = 128\nnet.ipv4.tcp_abort_on_overflow = 1\n";
        assert_eq!(settings(before, before), "# This change needs no kernel setting.\n");
        let larger = before.replace("128", "4096");
        let lines = "net.core.somaxconn = 4096\n# listen() reads it once: restart the server.\n";
        assert_eq!(settings(before, &larger), lines);
        let without = "# On the server:\nnet.core.somaxconn = 128\n";
        assert_eq!(settings(before, without), "# No longer: net.ipv4.tcp_abort_on_overflow = 1\n");
    }
}
