//! nginx on a Unix socket.

use super::super::support::wstalk;
use super::Nginx;

#[test]
#[ignore = "needs tests/peers/setup"]
fn nginx_is_reached_on_its_socket() {
    let nginx = Nginx::start();
    let path = nginx.socket.display();
    let output = wstalk()
        .args(["-1", "-x", "x", &format!("ws+unix:{path}:/echo")])
        .run();
    output.stdout("x\n").stderr("").code(0);
    let output = wstalk()
        .args(["-1", "-x", "x", "--unix-socket"])
        .arg(&nginx.socket)
        .arg("ws://example.com/echo")
        .run();
    output.stdout("x\n").stderr("").code(0);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn redirects_of_nginx_stay_on_its_socket() {
    let nginx = Nginx::start();
    let path = nginx.socket.display();
    let output = wstalk()
        .args(["-L", "-1", "-x", "x", &format!("ws+unix:{path}:/twice")])
        .run();
    output.stdout("x\n").stderr("").code(0);
}
