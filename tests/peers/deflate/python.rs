//! `websockets` of Python: every value of every argument of its factories.

use serde_json::{Value, json};

use super::super::installed::Library;
use super::calling::call;
use super::case::{Case, agreed, plain};
use super::serving::serve;

/// How a side compresses by itself, which is nobody else's business.
fn inner() -> Vec<Case> {
    let deflate = |settings: Value| agreed(json!({"compress_settings": settings}), "");
    let mut cases = vec![deflate(json!({"level": 0})).stores()];
    cases.extend((1..=9).map(|level| deflate(json!({"level": level}))));
    cases.extend((1..=9).map(|level| deflate(json!({"memLevel": level}))));
    cases.extend((0..=4).map(|strategy| deflate(json!({"strategy": strategy}))));
    cases
}

/// What means the same to a client and to a server.
fn outer() -> Vec<Case> {
    let alone = |server, client| json!({"server_no_context_takeover": server, "client_no_context_takeover": client});
    let (server, client) = ("server_no_context_takeover", "client_no_context_takeover");
    let mut cases = vec![
        plain(Value::Null),
        agreed(json!({}), ""),
        agreed(alone(true, false), server),
        agreed(alone(false, true), client),
        agreed(alone(true, true), &format!("{server}; {client}")),
        agreed(json!({"client_max_window_bits": null}), ""),
    ];
    for bits in 9..=15 {
        let (server, client) = windows(bits);
        cases.push(agreed(json!({"server_max_window_bits": bits}), &server));
        cases.push(agreed(json!({"client_max_window_bits": bits}), &client));
    }
    for bits in [9, 11, 15] {
        let (server, client) = windows(bits);
        let mut both = alone(true, true);
        both["server_max_window_bits"] = json!(bits);
        both["client_max_window_bits"] = json!(bits);
        let parameters =
            format!("server_no_context_takeover; {server}; client_no_context_takeover; {client}");
        cases.push(agreed(both, &parameters));
    }
    cases
}

fn windows(bits: u8) -> (String, String) {
    let server = format!("server_max_window_bits={bits}");
    (server, format!("client_max_window_bits={bits}"))
}

/// What only a server can be set to.
fn of_servers() -> Vec<Case> {
    let twelve = "server_max_window_bits=12; client_max_window_bits=12";
    let eight = json!({"client_max_window_bits": 8});
    let mut cases = vec![
        agreed(json!("default"), twelve),
        agreed(eight, "client_max_window_bits=8"),
    ];
    for bits in [8, 12, 15] {
        cases.push(agreed(required(bits), &windows(bits).1));
    }
    cases
}

/// No compression unless the client lets its window be set.
fn required(bits: u8) -> Value {
    json!({"client_max_window_bits": bits, "require_client_max_window_bits": true})
}

/// What the program may be told to offer.
fn offers() -> Vec<Case> {
    let fixed = "permessage-deflate";
    let all = "server_no_context_takeover; server_max_window_bits=10; \
               client_no_context_takeover; client_max_window_bits=11";
    vec![
        plain(json!("default")).option("--no-compression"),
        plain(required(10)).option("--no-compression"),
        plain(required(10)).offering(fixed),
        agreed(json!({"client_max_window_bits": 10}), "").offering(fixed),
        agreed(json!([required(10), {}]), "").offering(fixed),
        agreed(json!({}), "client_max_window_bits=10")
            .offering("permessage-deflate; client_max_window_bits=10"),
        agreed(json!({}), all).offering(&format!("permessage-deflate; {all}")),
        agreed(json!({}), "").offering(
            "permessage-deflate; server_max_window_bits=8, \
             permessage-deflate; client_max_window_bits",
        ),
    ]
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn servers_of_websockets_and_the_program_agree_on_what_the_server_is_set_to() {
    let cases = [outer(), of_servers(), offers()].concat();
    serve(Library::Python, &cases);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn servers_of_websockets_may_compress_as_they_like() {
    serve(Library::Python, &inner());
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn clients_of_websockets_get_what_they_offer() {
    let mut cases = [outer(), inner()].concat();
    let eight = json!({"server_max_window_bits": 8});
    let two = json!([{"server_max_window_bits": 10}, {"server_no_context_takeover": true}]);
    cases.push(agreed(json!("default"), ""));
    cases.push(agreed(json!({"client_max_window_bits": true}), ""));
    cases.push(agreed(eight, "server_max_window_bits=8"));
    cases.push(agreed(two, "server_max_window_bits=10"));
    call(Library::Python, &[], &cases);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn clients_of_websockets_do_without_compression() {
    let cases = [plain(json!("default")), plain(Value::Null)];
    call(Library::Python, &["--no-compression"], &cases);
}
