//! Which subprotocol is agreed on.

use super::super::support::wstalk;
use super::Listener;

const NAME: &str = "Sec-WebSocket-Protocol";

#[test]
fn the_first_of_the_servers_subprotocols_that_a_client_offers_is_agreed_on() {
    let listener = Listener::echo(&["-s", "chat.v2,chat.v1", "--subprotocol", "old"]);
    for (offers, agreed) in [
        (&["old, chat.v1"][..], Some("chat.v1")),
        (&["old,chat.v2"], Some("chat.v2")),
        (&["other, old"], Some("old")),
    ] {
        let headers: Vec<_> = offers.iter().map(|offer| (NAME, *offer)).collect();
        let (_, response) = listener.client_with(&headers);
        let answer = response.headers().get(NAME).map(|value| value.as_bytes());
        assert_eq!(answer, agreed.map(str::as_bytes), "{offers:?}");
    }
    for offers in [&["-s", "other"][..], &[]] {
        let talk = wstalk().arg(&listener.url).args(offers).args(["-v", "-E"]);
        let output = talk.run();
        assert!(
            !output.stderr_seen().contains(&format!("< {NAME}")),
            "{offers:?}"
        );
        output.code(0);
    }
    listener.stop();
}

#[test]
fn a_name_that_cannot_be_offered_is_wrong_usage() {
    for names in ["a b", "a,a", ""] {
        let output = wstalk().args(["listen", "--echo", "-s", names]).run();
        output.stdout("").stderr_contains("--subprotocol").code(2);
    }
}
