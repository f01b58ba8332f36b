//! Alerts: what the other end says when it ends TLS (RFC 8446 section 6).

/// The server needs a certificate of ours (TLS 1.3 alone has a word for it).
pub(super) const CERTIFICATE_REQUIRED: u8 = 116;
pub(super) const HANDSHAKE_FAILURE: u8 = 40;
pub(super) const PROTOCOL_VERSION: u8 = 70;

const NAMES: &[(u8, &str)] = &[
    (0, "close notify"),
    (10, "unexpected message"),
    (20, "bad record MAC"),
    (21, "decryption failed"),
    (22, "record overflow"),
    (30, "decompression failure"),
    (HANDSHAKE_FAILURE, "handshake failure"),
    (42, "bad certificate"),
    (43, "unsupported certificate"),
    (44, "certificate revoked"),
    (45, "certificate expired"),
    (46, "certificate unknown"),
    (47, "illegal parameter"),
    (48, "unknown CA"),
    (49, "access denied"),
    (50, "decode error"),
    (51, "decrypt error"),
    (PROTOCOL_VERSION, "protocol version"),
    (71, "insufficient security"),
    (80, "internal error"),
    (86, "inappropriate fallback"),
    (90, "user canceled"),
    (100, "no renegotiation"),
    (109, "missing extension"),
    (110, "unsupported extension"),
    (112, "unrecognized name"),
    (113, "bad certificate status response"),
    (115, "unknown PSK identity"),
    (CERTIFICATE_REQUIRED, "certificate required"),
    (120, "no application protocol"),
];

/// `handshake failure (40)`
pub(super) fn name(alert: u8) -> String {
    let known = NAMES.iter().find(|(number, _)| *number == alert);
    match known {
        Some((_, name)) => format!("{name} ({alert})"),
        None => format!("number {alert}"),
    }
}

/// Whether it speaks of a certificate of ours, or of one that is missing.
pub(super) fn is_about_our_certificate(alert: u8) -> bool {
    matches!(alert, 42..=46 | 48 | CERTIFICATE_REQUIRED)
}
