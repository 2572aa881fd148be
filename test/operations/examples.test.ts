import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const EXAMPLES = join(ROOT, 'examples/operations')
const read = (name: string) => readFileSync(join(EXAMPLES, name), 'utf8')
const DOCUMENTED = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8')
const settingsOf = (text: string) => [...new Set(text.match(/\bKEYTURN_[A-Z_]+(?==|:| )/g) ?? [])]

const SYSTEMD = spawnSync('systemd-analyze', ['--version']).status === 0

describe('the examples for operators', () => {
  it.each(['Dockerfile', 'compose.yaml', 'keyturn.service'])('use only existing settings: %s', (name) => {
    const settings = settingsOf(read(name))
    expect(settings.length).toBeGreaterThan(0)
    for (const setting of settings) expect(DOCUMENTED).toContain(`\`${setting}\``)
  })

  it('have a valid configuration for two instances', () => {
    const text = read('compose.yaml')
    const env = Object.fromEntries(
      [...text.matchAll(/^ {4}(KEYTURN_\w+): (.*)$/gm)].map(([, name, value = '']) => [
        name,
        value
          .replace(/\$\{KEYTURN_MASTER_KEY[^}]*\}/, 'A'.repeat(43))
          .replace(/\$\{POSTGRES_PASSWORD[^}]*\}/, 'secret')
          .replace(/\$\{\w+:-([^}]*)\}/, '$1'),
      ]),
    )
    expect(readConfig(env)).toMatchObject({ redisUrl: 'redis://redis:6379', trustProxy: ['172.16.0.0/12'] })
  })

  it('build the image from files that exist and are not ignored', () => {
    const dockerfile = read('Dockerfile')
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) =>
      sources.split(' '),
    )
    const allowed = read('Dockerfile.dockerignore').match(/(?<=^!).+$/gm) ?? []
    expect(copied.sort()).toEqual([...allowed].sort())
    const files = readdirSync(ROOT)
    for (const source of copied) {
      const [start = '', end = ''] = source.split('*')
      expect(
        files.some((name) => name.startsWith(start) && name.endsWith(end)),
        source,
      ).toBe(true)
    }
    const program = /^CMD .*"(dist\/[^"]+\.js)"\]$/m.exec(dockerfile)?.[1] ?? 'missing'
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } }
    const starter = / (\.ci\/\S+)$/.exec(scripts.start)?.[1] ?? 'missing'
    expect(readFileSync(join(ROOT, starter), 'utf8'), 'what npm start runs').toContain(`import('../${program}')`)
  })

  it.runIf(SYSTEMD)('are a valid systemd unit', () => {
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', join(EXAMPLES, 'keyturn.service')], {
      encoding: 'utf8',
    })
    expect({ status, stderr: stderr.replaceAll(/^.*(?:\/etc\/machine-id|not executable).*\n/gm, '') }).toEqual({
      status: 0,
      stderr: '',
    })
  })
})
