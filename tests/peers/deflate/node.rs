//! `ws` of node: every value of every member of `perMessageDeflate`.

use serde_json::{Value, json};

use super::super::installed::Library;
use super::calling::call;
use super::case::{Case, agreed, plain};
use super::serving::serve;

/// How a side compresses by itself, which is nobody else's business.
fn inner() -> Vec<Case> {
    let alone = "server_no_context_takeover; client_no_context_takeover";
    let with_threshold = |threshold| {
        let both = json!({"serverNoContextTakeover": true, "clientNoContextTakeover": true,
            "threshold": threshold});
        [
            agreed(json!({"threshold": threshold}), ""),
            agreed(both, alone),
        ]
    };
    let mut cases: Vec<Case> = [0, 1024].into_iter().flat_map(with_threshold).collect();
    let deflate = |options: Value| agreed(json!({"zlibDeflateOptions": options}), "");
    cases.push(deflate(json!({"level": 0})).stores());
    cases.extend((1..=9).map(|level| deflate(json!({"level": level}))));
    cases.extend((1..=9).map(|level| deflate(json!({"memLevel": level}))));
    cases.extend((0..=4).map(|strategy| deflate(json!({"strategy": strategy}))));
    cases.push(deflate(
        json!({"level": 9, "memLevel": 9, "chunkSize": 64 * 1024}),
    ));
    cases.push(agreed(
        json!({"zlibInflateOptions": {"chunkSize": 1024}}),
        "",
    ));
    cases
}

/// Both windows at once, each message by itself.
fn both_windows() -> Vec<Case> {
    let settings = |bits| {
        json!({"serverNoContextTakeover": true, "serverMaxWindowBits": bits,
            "clientNoContextTakeover": true, "clientMaxWindowBits": bits})
    };
    let parameters = |bits| {
        format!(
            "server_no_context_takeover; server_max_window_bits={bits}; \
             client_no_context_takeover; client_max_window_bits={bits}"
        )
    };
    let case = |bits| agreed(settings(bits), &parameters(bits));
    [8, 9, 11, 15].map(case).into()
}

/// What means the same to a client and to a server.
fn outer() -> Vec<Case> {
    let server_alone = "server_no_context_takeover";
    let client_alone = "client_no_context_takeover";
    let mut cases = vec![
        agreed(json!(true), ""),
        plain(json!(false)),
        agreed(json!({}), ""),
        agreed(json!({"serverNoContextTakeover": true}), server_alone),
        agreed(json!({"serverNoContextTakeover": false}), ""),
        agreed(json!({"clientNoContextTakeover": true}), client_alone),
        agreed(json!({"clientNoContextTakeover": false}), ""),
        agreed(json!({"serverMaxWindowBits": false}), ""),
        agreed(json!({"clientMaxWindowBits": false}), ""),
        agreed(json!({"clientMaxWindowBits": true}), ""),
    ];
    for bits in 8..=15 {
        let server = format!("server_max_window_bits={bits}");
        cases.push(agreed(json!({"serverMaxWindowBits": bits}), &server));
        let client = format!("client_max_window_bits={bits}");
        cases.push(agreed(json!({"clientMaxWindowBits": bits}), &client));
    }
    cases
}

/// What the program may be told to offer.
fn offers() -> Vec<Case> {
    let bits = |bits| json!({"serverMaxWindowBits": bits});
    let all = "server_no_context_takeover; server_max_window_bits=10; \
               client_no_context_takeover; client_max_window_bits=11";
    vec![
        plain(json!(true)).option("--no-compression"),
        agreed(json!(true), "").offering("permessage-deflate"),
        agreed(json!(true), "client_max_window_bits=10")
            .offering("permessage-deflate; client_max_window_bits=10"),
        agreed(json!(true), all).offering(&format!("permessage-deflate; {all}")),
        agreed(bits(10), "server_max_window_bits=10").offering(
            "permessage-deflate; server_max_window_bits=9, \
             permessage-deflate; client_max_window_bits",
        ),
    ]
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn servers_of_ws_and_the_program_agree_on_what_the_server_is_set_to() {
    serve(Library::Node, &[outer(), both_windows(), offers()].concat());
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn servers_of_ws_may_compress_as_they_like() {
    let mut cases = inner();
    cases.push(agreed(json!({"serverMaxWindowBits": true}), ""));
    serve(Library::Node, &cases);
}

/// The limit is that of the process, set by the first that asks.
#[test]
#[ignore = "needs tests/peers/setup"]
fn servers_of_ws_may_compress_one_or_two_messages_at_a_time() {
    for limit in [1, 2] {
        let settings = json!({"concurrencyLimit": limit});
        serve(Library::Node, &[agreed(settings.clone(), "")]);
        call(Library::Node, &[], &[agreed(settings, "")]);
    }
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn clients_of_ws_get_what_they_offer() {
    let mut cases = [outer(), both_windows(), inner()].concat();
    // It offers a parameter without the value that it must have.
    cases.push(plain(json!({"serverMaxWindowBits": true})));
    call(Library::Node, &[], &cases);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn clients_of_ws_do_without_compression() {
    let cases = [
        plain(json!(true)),
        plain(json!(false)),
        plain(json!({"serverNoContextTakeover": true, "clientMaxWindowBits": 9})),
    ];
    call(Library::Node, &["--no-compression"], &cases);
}
