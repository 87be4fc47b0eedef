// graphql-http on node:http, with the rows that it is given.
import { createServer } from 'node:http';
import { buildSchema } from 'graphql';
import { createHandler } from 'graphql-http/lib/use/http';

const messages = JSON.parse(process.argv[2]);
const schema = buildSchema(`
  scalar JSON
  scalar DateTime
  type Message {
    id: ID! sequence: Int! content: String! metadata: JSON! tokenCount: Int!
    createdAt: DateTime! recordedAt: DateTime! clientMessageId: String
  }
  type Query { messages: [Message!]! }
`);
const server = createServer(createHandler({ schema, rootValue: { messages: async () => messages } }));

server.listen(0, '127.0.0.1', () => {
  console.log(`port ${server.address().port}`);
  process.stdin.on('end', () => process.exit()).resume();
});
