import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = new URL('../..', import.meta.url).pathname
const QUIET = { encoding: 'utf8', stdio: 'pipe' } as const

const PROGRAM = `
import { createKeyturnClient, keyToken, KeyturnClientError, resumable } from 'keyturn/client'
import { ViewerDocument } from 'keyturn/documents'
import { createVerifier, VerifyError } from 'keyturn/verify'
import { keyturn as express } from 'keyturn/verify/express'
import { keyturn as fastify } from 'keyturn/verify/fastify'
import { keyturn as hono } from 'keyturn/verify/hono'
import { createTestSigner } from 'keyturn/verify/testing'

const options = { issuer: 'https://keys.test', audience: 'https://build.test' }
const signer = createTestSigner(options)
const verifier = createVerifier({ ...options, fetch: signer.fetch })
const { scope } = await verifier.verify(await signer.token({ scope: 'build:operator' }))
const client = createKeyturnClient({ url: 'http://127.0.0.1:1/graphql', credential: 'x' })
const code = await client.execute(ViewerDocument).catch((error) => error instanceof KeyturnClientError && error.code)
console.log(scope.join(), code, [keyToken, resumable, VerifyError, express, fastify, hono].every((one) => typeof one === 'function'))
`

describe('the package', () => {
  let directory: string
  let files: readonly string[]

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'keyturn-package-'))
    execFileSync(process.execPath, ['.ci/build-if-changed.mjs'], { cwd: ROOT, ...QUIET })
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', directory], { cwd: ROOT, ...QUIET })
    const [{ files: listed }] = JSON.parse(packed)
    files = listed.map(({ path }: { path: string }) => path)
    writeFileSync(join(directory, 'package.json'), '{"type":"module"}')
    const [tarball = ''] = readdirSync(directory).filter((name) => name.endsWith('.tgz'))
    // Scripts compile the driver of SQLite, which the exports do not use.
    const args = [
      'install',
      `./${tarball}`,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
    ]
    execFileSync('npm', args, { cwd: directory, ...QUIET })
  }, 400_000)
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it('contains the service, its migrations, the exports with types and source maps, and no sources or tests', () => {
    for (const path of [
      'dist/src/main.js',
      'dist/src/cli/keyturn.js',
      'dist/src/client/client.d.ts',
      'dist/src/client/client.js.map',
      'dist/src/verify/express.d.ts',
      'schema/schema.graphql',
      'LICENSE',
      'README.md',
    ])
      expect(files).toContain(path)
    expect(files.some((path) => path.startsWith('dist/migrations/'))).toBe(true)
    expect(files.filter((path) => /^(src|test|bench|\.ci|data)\//.test(path))).toEqual([])
  })

  it('works after its installation without optional peers', () => {
    writeFileSync(join(directory, 'program.js'), PROGRAM)
    const printed = execFileSync(process.execPath, ['program.js'], { cwd: directory, ...QUIET })
    expect(printed).toBe('build:operator NETWORK true\n')
    expect(existsSync(join(directory, 'node_modules/hono'))).toBe(false)
  })

  it('loads no server code for the client and the verifier', () => {
    const program = "await import('keyturn/client'); await import('keyturn/verify'); console.log('loaded')"
    writeFileSync(join(directory, 'loads.js'), program)
    for (const name of ['typeorm', 'sqlite3', 'fastify', 'graphql-yoga', 'pino', 'pg'])
      rmSync(join(directory, 'node_modules', name), { recursive: true, force: true })
    expect(execFileSync(process.execPath, ['loads.js'], { cwd: directory, ...QUIET })).toBe('loaded\n')
  })

  it('passes publint and are-the-types-wrong', () => {
    execFileSync('npx', ['publint', '--strict'], { cwd: ROOT, ...QUIET })
    execFileSync('npx', ['attw', '--pack', '.', '--profile', 'esm-only'], { cwd: ROOT, ...QUIET })
  }, 200_000)
}, 400_000)
