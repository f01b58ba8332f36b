// What a server and a client of `ws` do once they are connected: they send
// messages back, or send messages that have to come back as they were.
//
// One line of report for each connection: its role and number, the code of the
// other end's Close frame (1006 if there was none), what came back of what,
// whether it came in fewer bytes than it has, and the extensions agreed on.

'use strict';

const { readFileSync } = require('fs');

/** Every so many messages one goes out in fragments. */
const FRAGMENTED = 5;

/** Reads records of a kind, `t` or `b`, a length of 32 bits, and a payload. */
function readMessages(path) {
  const bytes = readFileSync(path);
  const messages = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    messages.push({ binary: bytes[at] === 0x62, data: bytes.subarray(at + 5, end) });
    at = end;
  }
  return messages;
}

/**
 * Sends a message; some in three fragments, of which the second is empty. The
 * cut does not care for characters.
 */
function send(socket, number, data, binary) {
  if (number % FRAGMENTED !== 0 || data.length < 2) {
    socket.send(data, { binary });
    return;
  }
  const cut = 1 + (number * 7919) % (data.length - 1);
  socket.send(data.subarray(0, cut), { binary, fin: false });
  socket.send(Buffer.alloc(0), { binary, fin: false });
  socket.send(data.subarray(cut), { binary, fin: true });
}

/** Sends back what comes until the other end closes. */
function echo(socket) {
  const seen = { came: 0, of: 0, bytes: 0 };
  socket.on('message', (data, binary) => {
    seen.bytes += data.length;
    seen.came = ++seen.of;
    send(socket, seen.came, data, binary);
  });
  return seen;
}

/** Sends all messages, which must come back, and closes with 1000; else 4000. */
function compare(socket, messages) {
  const seen = { came: 0, of: messages.length, bytes: 0 };
  socket.on('message', (data, binary) => {
    const due = messages[seen.came];
    if (!due || binary !== due.binary || !due.data.equals(data)) {
      socket.close(4000, `message ${seen.came} differs`);
      return;
    }
    seen.bytes += data.length;
    if (++seen.came === messages.length) socket.close(1000);
  });
  messages.forEach(({ data, binary }, at) => send(socket, at, data, binary));
  return seen;
}

/** Prints the report once the connection is over. `wire` tells what was read. */
function report(socket, name, seen, extensions, wire) {
  const problems = [];
  socket.on('error', (error) => problems.push(error.message));
  socket.on('close', (code) => {
    const shrunk = wire() < seen.bytes * 0.9 ? 'shrunk' : 'whole';
    const said = [name, code, `${seen.came}/${seen.of}`, shrunk, extensions || 'none'];
    console.log([...said, ...problems].join(' '));
  });
}

module.exports = { compare, echo, readMessages, report };
