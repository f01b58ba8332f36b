//! nginx sends elsewhere.

use super::super::support::wstalk;
use super::Nginx;

#[test]
#[ignore = "needs tests/peers/setup"]
fn a_redirect_of_nginx_is_told() {
    let nginx = Nginx::start();
    for (status, reason) in [
        ("301", "Moved Permanently"),
        ("302", "Moved Temporarily"),
        ("307", "Temporary Redirect"),
        ("308", "Permanent Redirect"),
    ] {
        let url = nginx.plain(&format!("/relative/{status}"));
        let output = wstalk().arg(&url).run();
        output
            .stdout("")
            .stderr_first_line(&format!(
                "wstalk: error: the upgrade was refused: HTTP {status} {reason}"
            ))
            .stderr_contains("Location: /echo\n")
            .code(22);
    }
}
