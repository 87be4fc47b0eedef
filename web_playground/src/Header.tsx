/** Name, links, and whether the socket is connected. */
import { type SocketState, useConnection } from './connection';
import mark from './favicon.svg';

const SOCKET_TEXT: Record<SocketState, string> = {
  idle: 'nothing followed',
  connecting: 'connecting',
  connected: 'connected',
  lost: 'lost, reconnecting',
};

export function Header() {
  const { socket } = useConnection();
  return (
    <header className="vantage-header">
      <h1>
        <img src={mark} alt="" />
        Vantage
      </h1>
      <p>Who said what, and who knows it</p>
      <nav aria-label="Documentation">
        <a href="/schema.graphql" target="_blank">
          Schema
        </a>
      </nav>
      <p role="status" className="vantage-socket" data-state={socket}>
        Live: {SOCKET_TEXT[socket]}
      </p>
    </header>
  );
}
