import { defineConfig } from 'vite'

/** Loaded from node_modules: compiled code, what starts threads by file name, and a driver that TypeORM looks for itself. */
const EXTERNAL = ['sqlite3', 'pg', 'pino', 'pino-pretty']

/** Names that CommonJS packages expect. */
const BANNER = `import { fileURLToPath as pathOfUrl } from 'node:url'
const __filename = pathOfUrl(import.meta.url)
const __dirname = pathOfUrl(new URL('.', import.meta.url))`

/** What `npm start` runs: the server and its packages in few files, because opening 2,000 modules took most of a start. */
export default defineConfig({
  logLevel: 'warn',
  publicDir: false,
  ssr: { noExternal: true, external: EXTERNAL },
  build: {
    ssr: 'src/main.ts',
    // As deep in dist/ as the files of src/http, which find the console by a relative path.
    outDir: 'dist/src/bundle',
    emptyOutDir: true,
    target: 'node20',
    sourcemap: true,
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: {
        banner: BANNER,
        entryFileNames: 'main.js',
        chunkFileNames: '[name]-[hash].js',
        // Node.js parses the map at the start: positions are enough for stack traces.
        sourcemapExcludeSources: true,
      },
    },
  },
})
