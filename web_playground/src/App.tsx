/** GraphiQL over Vantage's schema, with the examples as its tabs, below a bar of our own. */
import { GraphiQL } from 'graphiql';
import 'graphiql/setup-workers/vite';

import { fetcher, useConnection } from './connection';
import { examples } from './examples';
import { Header } from './Header';
import { Unreachable } from './Unreachable';

const tabs = examples.map(({ query, variables }) => ({
  query,
  variables: variables ? JSON.stringify(variables, null, 2) : null,
}));

export function App() {
  const { serverAnswers } = useConnection();
  return (
    <>
      <Header />
      <main>
        <GraphiQL fetcher={fetcher} defaultTabs={tabs} defaultEditorToolsVisibility="variables">
          <GraphiQL.Logo>{null}</GraphiQL.Logo>
          {!serverAnswers && (
            <GraphiQL.Footer>
              <Unreachable />
            </GraphiQL.Footer>
          )}
        </GraphiQL>
      </main>
    </>
  );
}
