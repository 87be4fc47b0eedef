// Follows a session with graphql-ws over a socket that is cut again and again, until it has the
// message with the sequence `last`; prints what it received, and over how many sockets.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../web_playground/package.json', import.meta.url));
const { createClient } = require('graphql-ws');
const WebSocket = require('ws');

const [url, workspace, session, last, cutEvery] = process.argv.slice(2);

let socket;
let sockets = 0;
class WatchedSocket extends WebSocket {
  constructor(...given) {
    super(...given);
    socket = this;
    sockets += 1;
  }
}

const received = [];
const client = createClient({
  url,
  webSocketImpl: WatchedSocket,
  retryAttempts: 100,
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)),
});

const events = client.iterate({
  query: `subscription ($workspace: String!, $session: String!, $after: Int!) {
    messages(workspace: $workspace, session: $session, after: $after) {
      sequence message { content author { name } }
    }
  }`,
  variables: {
    workspace,
    session,
    // Read anew each time the client connects: it goes on after the last message it has.
    get after() {
      return received.at(-1)?.[0] ?? 0;
    },
  },
});

for await (const { data, errors } of events) {
  if (errors) throw new Error(JSON.stringify(errors));
  const { sequence, message } = data.messages;
  received.push([sequence, message.author.name, message.content]);
  if (sequence >= Number(last)) break;
  // Without a closing handshake, as when the network goes away.
  if (received.length % Number(cutEvery) === 0) socket.terminate();
}
await client.dispose();
console.log(JSON.stringify({ received, sockets }));
