/** Everything that talks to the server: HTTP, the socket, and how the two are doing. */
import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { type Client, CloseCode, createClient } from 'graphql-ws';
import { useSyncExternalStore } from 'react';

const ENDPOINT = '/graphql';
const PING_EVERY_MS = 15_000;
const PONG_WITHIN_MS = 5_000;
const RETRY_AT_MOST_MS = 15_000;
const EARLIER_EVENTS = 50;

/** `idle`: no subscription runs, so there is no socket. */
export type SocketState = 'idle' | 'connecting' | 'connected' | 'lost';
type Connection = { socket: SocketState; serverAnswers: boolean };

let connection: Connection = { socket: 'idle', serverAnswers: true };
const listeners = new Set<() => void>();

function setConnection(change: Partial<Connection>) {
  connection = { ...connection, ...change };
  listeners.forEach((listener) => listener());
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connection,
  );
}

/** What the Headers pane held when the operation was started; a socket cannot carry headers. */
let headers: Record<string, unknown> = {};

/** Asking again with the same key would be refused again. */
function isRefused(reason: unknown): boolean {
  const code = (reason as Partial<CloseEvent>).code;
  return code === CloseCode.Unauthorized || code === CloseCode.Forbidden;
}

const socket = createClient({
  url: new URL(ENDPOINT, location.href.replace(/^http/, 'ws')).href,
  connectionParams: () => headers,
  keepAlive: PING_EVERY_MS,
  retryAttempts: Infinity,
  shouldRetry: (reason) => !isRefused(reason),
  // The client's own wait doubles without end.
  retryWait: (retries) =>
    delay(Math.min(500 * 2 ** retries, RETRY_AT_MOST_MS) * (0.5 + Math.random() / 2)),
});

let pongDeadline: ReturnType<typeof setTimeout>;

socket.on('connecting', (isRetry) => setConnection({ socket: isRetry ? 'lost' : 'connecting' }));
socket.on('connected', () => setConnection({ socket: 'connected', serverAnswers: true }));
socket.on('closed', (reason) => {
  clearTimeout(pongDeadline);
  const isOver = (reason as CloseEvent).code === 1000 || isRefused(reason);
  setConnection({ socket: isOver ? 'idle' : 'lost' });
});
// A peer that went away without closing (sleep, a lost network) only shows in an unanswered ping.
socket.on('ping', (isReceived) => {
  if (!isReceived) pongDeadline = setTimeout(() => socket.terminate(), PONG_WITHIN_MS);
});
socket.on('pong', () => clearTimeout(pongDeadline));

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** GraphiQL shows one result; this shows the newest event above the ones before it. */
const socketWithHistory: Client = {
  ...socket,
  subscribe(payload, sink) {
    let events: unknown[] = [];
    let received = 0;
    // A new connection starts over with what the server sends first; so does the list.
    const stopListening = socket.on('connected', () => {
      events = [];
      received = 0;
    });
    const unsubscribe = socket.subscribe(payload, {
      next(event) {
        events = [event, ...events].slice(0, EARLIER_EVENTS + 1);
        received += 1;
        const [newest, ...earlier] = events;
        sink.next({ received, newest, earlier } as never);
      },
      error(reason) {
        sink.error(reason instanceof CloseEvent ? toGraphQLError(reason) : reason);
      },
      complete: () => sink.complete(),
    });
    return () => {
      stopListening();
      unsubscribe();
      if (connection.socket === 'lost') setConnection({ socket: 'idle' });
    };
  },
};

function toGraphQLError({ code, reason }: CloseEvent) {
  return { message: `The server closed the socket: ${code} ${reason}` };
}

/** Like fetch, but what is not a GraphQL answer becomes one that says why. */
async function fetchGraphQL(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init).catch(() => undefined);
  const isGraphQL = response?.headers.get('content-type')?.includes('json') ?? false;
  // A proxy in between answers 5xx in plain text when the server is down.
  setConnection({ serverAnswers: isGraphQL || (response?.status ?? 500) < 500 });
  if (response && isGraphQL) return response;
  const what = response ? `answered ${response.status} ${response.statusText}` : 'does not answer';
  return Response.json({ errors: [{ message: `${location.origin}${ENDPOINT} ${what}` }] });
}

const fetchOrFollow = createGraphiQLFetcher({
  url: ENDPOINT,
  fetch: fetchGraphQL as typeof fetch,
  wsClient: socketWithHistory,
  enableIncrementalDelivery: false,
});

export const fetcher: Fetcher = (operation, options) => {
  headers = options?.headers ?? {};
  return fetchOrFollow(operation, options);
};
