// A server of `ws` for each of a list of perMessageDeflate settings, given as a
// JSON file; the messages to compare with come from a second file.

'use strict';

const { readFileSync } = require('fs');
const { WebSocketServer } = require('ws');
const { compare, echo, readMessages, report } = require('./conversation');

const [settings, messages] = [JSON.parse(readFileSync(process.argv[2])), readMessages(process.argv[3])];

function serve(perMessageDeflate, number) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate });
  const answers = new Map();
  server.on('headers', (lines, request) => {
    const line = lines.find((line) => line.startsWith('Sec-WebSocket-Extensions: '));
    answers.set(request, line && line.slice(line.indexOf(' ') + 1));
  });
  server.on('connection', (socket, request) => {
    const role = request.url.slice(1);
    const seen = role === 'echo' ? echo(socket) : compare(socket, messages);
    const before = request.socket.bytesRead;
    report(socket, `${role} ${number}`, seen, answers.get(request), () => request.socket.bytesRead - before);
  });
  return server;
}

const servers = settings.map(serve);
const listening = servers.map((server) => new Promise((done) => server.on('listening', done)));
Promise.all(listening).then(() => {
  console.log(servers.map((server) => server.address().port).join(' '));
});
process.stdin.resume();
process.stdin.on('end', () => servers.forEach((server) => server.close()));
