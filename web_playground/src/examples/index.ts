/** The examples, in the order in which they tell the story; each becomes a tab. */
import setUp from './1-set-up.graphql?raw';
import sendMessages from './2-send-messages.graphql?raw';
import followMessages from './3-follow-messages.graphql?raw';
import followRepresentation from './4-follow-representation.graphql?raw';
import whatIsKnown from './5-what-is-known.graphql?raw';
import ask from './6-ask.graphql?raw';
import context from './7-context.graphql?raw';
import derivation from './8-derivation.graphql?raw';

export type Example = { query: string; variables?: Record<string, unknown> };

type Line = { peer: string; content: string; clientMessageId: string };

function say(session: string, messages: Line[]) {
  return { workspace: 'demo', session, messages };
}

export const examples: Example[] = [
  // No variables here: GraphiQL leaves those of the first tab out.
  { query: setUp },
  {
    query: sendMessages,
    variables: {
      groupChat: say('group-chat', [
        { peer: 'alice', content: 'Hello everyone!', clientMessageId: 'hello' },
        { peer: 'bob', content: 'I ate eggs today.', clientMessageId: 'eggs' },
        { peer: 'charlie', content: 'I had cereal.', clientMessageId: 'cereal' },
      ]),
      turn1: say('turn-1', [
        { peer: 'alice', content: 'I will be peaceful this turn.', clientMessageId: 'peace' },
        { peer: 'charlie', content: 'I will stay in Munich.', clientMessageId: 'munich' },
      ]),
      sideChat: say('side-chat', [
        { peer: 'alice', content: 'I will attack Charlie this turn.', clientMessageId: 'attack' },
      ]),
    },
  },
  { query: followMessages, variables: { session: 'group-chat', last: 10 } },
  { query: followRepresentation, variables: { observed: 'alice', observer: 'charlie' } },
  { query: whatIsKnown },
  {
    query: ask,
    variables: {
      charlieIsAsked: "Can I trust that Alice won't attack me?",
      bobIsAsked: "Can I trust that Alice won't attack Charlie?",
    },
  },
  {
    query: context,
    variables: { session: 'group-chat', speaker: 'bob', about: 'alice', tokens: 1500 },
  },
  { query: derivation },
];
