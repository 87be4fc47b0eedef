/** What to do when the server does not answer. */
import { useGraphiQLActions } from '@graphiql/react';

export function Unreachable() {
  const { introspect } = useGraphiQLActions();
  return (
    <div role="alert" className="vantage-unreachable">
      <p>
        The Vantage server does not answer. Start it with <code>make run</code> in the project&rsquo;s
        folder.
      </p>
      <button type="button" onClick={() => void introspect()}>
        Try again
      </button>
    </div>
  );
}
