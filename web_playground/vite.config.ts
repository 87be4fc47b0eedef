import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.VANTAGE_URL ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react()],
  optimizeDeps: {
    // Development only: `?worker` imports cannot be bundled ahead, CommonJS inside a worker must be.
    exclude: ['graphiql/setup-workers/vite'],
    include: [
      'graphiql > @graphiql/react > monaco-graphql > picomatch-browser',
      'graphiql > @graphiql/react > graphql-language-service > debounce-promise',
      'graphiql > @graphiql/react > graphql-language-service > nullthrows',
    ],
  },
  worker: { format: 'es' },
  build: {
    // Everything under /assets/, nothing as data: URL, so that the server's CSP can stay strict.
    assetsInlineLimit: 0,
    // The editor (Monaco) and its GraphQL worker are larger than the 500 kB Vite warns about.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      // GraphiQL ships hints for React's compiler, which has already run on it.
      onwarn: (warning, warn) => warning.code !== 'MODULE_LEVEL_DIRECTIVE' && warn(warning),
    },
  },
  server: {
    proxy: { '/graphql': { target: server, ws: true }, '/schema.graphql': server },
  },
});
