// A server of `ws` that sends messages back. It takes its settings as JSON, all
// of them optional: `subprotocol`, which it picks if it is offered; `certificate`
// and `key`, files with which it speaks TLS; `clients`, a file of the authority
// whose certificates it wants of clients; `socket`, a path to listen on instead
// of a port.
//
// One line of report for each connection: the subprotocol, the code of the other
// end's Close frame, and how many messages came.

'use strict';

const { readFileSync } = require('fs');
const http = require('http');
const https = require('https');
const { WebSocketServer } = require('ws');

const settings = JSON.parse(process.argv[2]);

function makeServer() {
  if (!settings.certificate) return http.createServer();
  const options = { cert: readFileSync(settings.certificate), key: readFileSync(settings.key) };
  if (settings.clients) {
    Object.assign(options, { requestCert: true, ca: readFileSync(settings.clients) });
  }
  return https.createServer(options);
}

const server = makeServer();
const sockets = new WebSocketServer({
  server,
  perMessageDeflate: true,
  handleProtocols: (offered) => (offered.has(settings.subprotocol) ? settings.subprotocol : false),
});
sockets.on('connection', (socket) => {
  let count = 0;
  socket.on('message', (data, binary) => {
    count += 1;
    socket.send(data, { binary });
  });
  socket.on('close', (code) => console.log(socket.protocol || 'none', code, count));
});
const where = settings.socket ? { path: settings.socket } : { host: '127.0.0.1', port: 0 };
server.listen(where, () => console.log(server.address().port || 0));
process.stdin.resume();
process.stdin.on('end', () => server.close());
