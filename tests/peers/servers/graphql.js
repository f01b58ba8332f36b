// A server of `graphql-ws` with a subscription that counts: `count(to: 3)`. It
// takes the milliseconds that it waits for a client's first message.
// One line of report for each connection: the code of its Close frame.

'use strict';

const { GraphQLInt, GraphQLObjectType, GraphQLSchema } = require('graphql');
const { useServer } = require('graphql-ws/use/ws');
const { WebSocketServer } = require('ws');

const count = {
  type: GraphQLInt,
  args: { to: { type: GraphQLInt } },
  resolve: (value) => value,
  subscribe: async function* (_, { to }) {
    for (let value = 1; value <= to; value += 1) yield value;
  },
};
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { answer: { type: GraphQLInt, resolve: () => 42 } } }),
  subscription: new GraphQLObjectType({ name: 'Subscription', fields: { count } }),
});

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/graphql' });
server.on('connection', (socket) => socket.on('close', (code) => console.log(code)));
useServer({ schema, connectionInitWaitTimeout: Number(process.argv[2]) }, server);
server.on('listening', () => console.log(server.address().port));
process.stdin.resume();
process.stdin.on('end', () => server.close());
