// graphql-ws on ws; what all follow is written once and sent to each socket as it is.
import { createInterface } from 'node:readline';
import { createServer } from 'node:http';
import { useServer } from 'graphql-ws/use/ws';
import { buildSchema, parse } from 'graphql';
import { WebSocketServer } from 'ws';

const event = JSON.parse(process.argv[2]);
const frame = JSON.stringify({ id: '1', type: 'next', payload: { data: { said: event } } });
const schema = buildSchema('type Query { nothing: String } type Subscription { said: String }');
const open = new Set();

const server = createServer();
const sockets = new WebSocketServer({ server, path: '/graphql', perMessageDeflate: false });
useServer(
  {
    schema,
    onSubscribe: ({ extra }, _id, { query }) => {
      open.add(extra.socket);
      extra.socket.once('close', () => open.delete(extra.socket));
      return { schema, document: parse(query) };
    },
    subscribe: async function* () {
      yield { data: { said: event } };
      await new Promise(() => {});
    },
  },
  sockets,
);

async function send(count) {
  for (let i = 0; i < count; i += 1) {
    for (const socket of open) socket.send(frame);
    await new Promise(setImmediate); // a message is not there before the one before it is out
  }
}

server.listen(0, '127.0.0.1', async () => {
  console.log(`port ${server.address().port}`);
  for await (const line of createInterface({ input: process.stdin })) {
    await send(Number(line.split(' ')[1]));
    console.log(`sent ${process.hrtime.bigint()}`);
  }
  process.exit();
});
