// A client of `ws` for each of a list of perMessageDeflate settings: arguments
// are the URL of an echo server, a JSON file of settings, a file of messages.

'use strict';

const { readFileSync } = require('fs');
const WebSocket = require('ws');
const { compare, readMessages, report } = require('./conversation');

/** How many are connected at a time. */
const AT_ONCE = 4;

/** Long enough for a busy machine, in milliseconds. */
const LIMIT = 60_000;

const [url, settings, file] = process.argv.slice(2);
const messages = readMessages(file);
const waiting = [...JSON.parse(readFileSync(settings)).entries()];

function next() {
  const entry = waiting.shift();
  if (!entry) return;
  const [number, perMessageDeflate] = entry;
  const socket = new WebSocket(url, { perMessageDeflate, maxPayload: 0, closeTimeout: LIMIT });
  let answer;
  socket.on('upgrade', (response) => (answer = response));
  socket.on('open', () => {
    const before = answer.socket.bytesRead;
    const seen = compare(socket, messages);
    const extensions = answer.headers['sec-websocket-extensions'];
    report(socket, `call ${number}`, seen, extensions, () => answer.socket.bytesRead - before);
  });
  socket.on('error', (error) => answer || console.log(`call ${number} ${error.message}`));
  socket.on('close', next);
}

for (let count = 0; count < AT_ONCE; count++) next();
