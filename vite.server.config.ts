import { defineConfig } from 'vite'

/** Loaded from node_modules: compiled code, what starts threads by file name, and a driver that TypeORM looks for itself. */
const EXTERNAL = ['sqlite3', 'pg', 'pino', 'pino-pretty']

/** Names that CommonJS packages expect. */
const BANNER = `import { fileURLToPath as pathOfUrl } from 'node:url'
const __filename = pathOfUrl(import.meta.url)
const __dirname = pathOfUrl(new URL('.', import.meta.url))`

/**
 * Packages with a file of their own. V8 needs memory in proportion to the largest file while it parses it, and the process keeps that
 * memory.
 */
const LARGE = ['typeorm', 'fastify', 'undici', 'graphql']

/** The modules of a package, without those of packages that it contains. */
const modulesOf = (name: string) => new RegExp(`/node_modules/${name}/(?!.*/node_modules/)`)

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
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: {
        banner: BANNER,
        entryFileNames: 'main.js',
        chunkFileNames: '[name]-[hash].js',
        codeSplitting: { groups: LARGE.map((name) => ({ name, test: modulesOf(name) })) },
        // Shorter texts to keep in memory, with the names that stack traces and errors show.
        minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
        // Node.js parses the map at the start: positions are enough for stack traces.
        sourcemapExcludeSources: true,
      },
    },
  },
})
