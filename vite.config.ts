import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { precompress } from './.ci/precompress.ts'

/** Where `npm run dev` finds the server that it does not replace. */
const SERVER = 'http://127.0.0.1:4000'

/** The paths of the server that the console uses. The server accepts a session from its own origin alone. */
const proxied = Object.fromEntries(
  ['/graphql', '/session', '/.well-known'].map((path) => [
    path,
    { target: SERVER, changeOrigin: true, ws: true, headers: { origin: SERVER } },
  ]),
)

export default defineConfig(({ command }) => {
  // A build is for production, wherever it is started from: a test runner or a shell may say otherwise.
  if (command === 'build') process.env.NODE_ENV = 'production'
  return {
    root: 'src/console',
    logLevel: command === 'build' ? 'warn' : 'info',
    base: '/console/',
    publicDir: false,
    plugins: [react(), precompress()],
    resolve: {
      alias: [
        // urql brings a parser of its own, a quarter of the size: one is enough.
        { find: /^graphql$/, replacement: '@0no-co/graphql.web' },
        // Without the part for servers, which needs the whole of graphql.
        { find: /^graphql-ws$/, replacement: 'graphql-ws/client' },
      ],
    },
    build: {
      outDir: '../../dist/console',
      emptyOutDir: true,
      target: 'es2022',
      // Everything is a file of its own: the content security policy allows nothing inline.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      manifest: 'manifest.json',
      reportCompressedSize: false,
      rolldownOptions: {
        checks: { pluginTimings: false },
        output: { entryFileNames: 'assets/[hash].js', chunkFileNames: 'assets/[name]-[hash].js' },
      },
    },
    server: { host: '127.0.0.1', port: 4001, strictPort: true, proxy: proxied },
  }
})
