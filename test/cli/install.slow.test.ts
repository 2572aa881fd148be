import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLONE_SOURCES } from '../support/clone-sources.ts'
import { useCommandLine } from './command-line.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe('keyturn from a clone', { timeout: 300_000 }, () => {
  const user = useCommandLine()
  let clone: string
  beforeAll(() => {
    clone = mkdtempSync(join(tmpdir(), 'keyturn-clone-'))
    for (const name of CLONE_SOURCES) cpSync(join(ROOT, name), join(clone, name), { recursive: true })
    symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(clone, 'node_modules'))
  })
  afterAll(() => rmSync(clone, { recursive: true, force: true }))

  const inClone = (command: string, env: Record<string, string> = {}) =>
    user.spawn('sh', ['-c', `cd '${clone}' && ${command}`], {
      npm_config_update_notifier: 'false',
      npm_config_offline: 'true',
      npm_config_cache: join(user.home, 'npm'),
      ...env,
    }).ended

  it('is built only by the installation, and is executable', async () => {
    const prefix = join(user.home, 'prefix')
    const installed = await inClone(`npm install -g . --prefix '${prefix}' --no-audit --no-fund`)
    expect(installed.code, installed.err).toBe(0)
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    const run = (words: string[]) => user.spawn(join(prefix, 'bin', 'keyturn'), words).ended
    expect(await run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
    expect(await run(['whoami'])).toMatchObject({ code: 3, out: '' })
    const npx = await inClone('npx keyturn --version')
    expect(npx).toMatchObject({ code: 0, out: `${version}\n` })
  })

  it.each([
    ['without development packages', ['package.json', '.ci', 'tsconfig.build.json']],
    ['of the packages alone, as the first layer of an image', ['package.json']],
  ])('is not built by an installation %s, which succeeds', async (_, names) => {
    const bare = mkdtempSync(join(user.home, 'bare-'))
    for (const name of names) cpSync(join(ROOT, name), join(bare, name), { recursive: true })
    const { code, err } = await inClone(`cd '${bare}' && npm run prepare`)
    expect(code, err).toBe(0)
    expect(existsSync(join(bare, 'dist'))).toBe(false)
  })
})
