//! A configuration of a library, and what it implies for a connection.

use serde_json::Value;

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Case {
    /// As the library's programs in `servers` take it.
    pub settings: Value,
    /// The parameters that are agreed on, in the order in which the program
    /// says them; nothing if permessage-deflate is not agreed on.
    agreed: Option<String>,
    /// Options of the program beyond the usual.
    pub options: Vec<String>,
    /// The library agrees, and then sends everything in stored blocks.
    stores: bool,
}

/// Which end of the connection somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
}

/// Both agree on permessage-deflate with these parameters.
pub fn agreed(settings: Value, parameters: &str) -> Case {
    Case {
        settings,
        agreed: Some(parameters.to_owned()),
        options: Vec::new(),
        stores: false,
    }
}

/// Nothing is agreed on.
pub fn plain(settings: Value) -> Case {
    Case {
        agreed: None,
        ..agreed(settings, "")
    }
}

impl Case {
    pub fn option(mut self, option: &str) -> Self {
        self.options.push(option.to_owned());
        self
    }

    /// The program offers this instead of what it does on its own.
    pub fn offering(self, offer: &str) -> Self {
        let header = format!("--header=Sec-WebSocket-Extensions: {offer}");
        self.option(&header)
    }

    pub fn stores(mut self) -> Self {
        self.stores = true;
        self
    }

    /// The agreement, as the program says it.
    pub fn extension(&self) -> Option<String> {
        self.agreed.as_deref().map(|parameters| match parameters {
            "" => "permessage-deflate".to_owned(),
            _ => format!("permessage-deflate; {parameters}"),
        })
    }

    /// Whether the program compresses. It has no window of 8 bits.
    pub fn program_shrinks(&self, program: Side) -> bool {
        let smallest = match program {
            Side::Client => "client_max_window_bits=8",
            Side::Server => "server_max_window_bits=8",
        };
        let agreed = self.agreed.as_deref();
        agreed.is_some_and(|agreed| !agreed.split("; ").any(|one| one == smallest))
    }

    /// Whether the library compresses.
    pub fn library_shrinks(&self) -> bool {
        self.agreed.is_some() && !self.stores
    }

    /// What the library says of a connection: the program's Close, `count`
    /// messages of as many, and the agreement as the library sees it.
    pub fn report(&self, name: &str, program: Side, count: usize) -> String {
        let size = match self.program_shrinks(program) {
            true => "shrunk",
            false => "whole",
        };
        let extension = self.extension().unwrap_or_else(|| "none".into());
        format!("{name} 1000 {count}/{count} {size} {extension}")
    }
}

/// A peer's line of report with its extension's parameters in the order of the
/// alphabet: what is said in which order is free.
pub fn ordered(line: &str) -> String {
    let Some((before, parameters)) = line.split_once("; ") else {
        return line.to_owned();
    };
    let mut parameters: Vec<&str> = parameters.split(';').map(str::trim).collect();
    parameters.sort_unstable();
    format!("{before}; {}", parameters.join("; "))
}
