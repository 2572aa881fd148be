import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { useCommandLine } from './command-line.ts'

describe('scanner rules', { timeout: 120_000 }, () => {
  const user = useCommandLine()
  const rulesFor = async (format: string, env = {}, ...words: string[]) => {
    const { code, out, err } = await user.run(['scanner-rules', '--format', format, ...words], { env })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    return out
  }
  const patternsIn = (rules: string): RegExp[] =>
    [...rules.matchAll(/(?:regex = '''|(?:secret|token): ')(.+?)'/g)].map(([, source = 'none']) => new RegExp(source))

  it.each(['gitleaks', 'trufflehog'])(
    'for %s find the secrets of the configured prefix, and no other text',
    async (format) => {
      const rules = await rulesFor(format, { KEYTURN_KEY_PREFIX: 'acme' })
      const [pattern = /none/] = patternsIn(rules)
      for (const kind of ['ak', 'pk'] as const) {
        const secret = newSecret('acme', kind)
        expect(pattern.exec(`KEY="${secret}"`)?.[1]).toBe(secret)
        expect(`x${secret}`).not.toMatch(pattern)
        expect(`${secret}0`).not.toMatch(pattern)
        expect(secret.slice(0, -1)).not.toMatch(pattern)
        expect(rules).toContain(`acme_${kind}_`)
      }
      expect(newSecret('kt', 'ak')).not.toMatch(pattern)
      expect(rules).toContain('CRC-32')
    },
  )

  it("take the prefix from the option, the environment or the user's key", async () => {
    expect(await rulesFor('gitleaks')).toContain('kt_ak_')
    expect(await rulesFor('gitleaks', { KEYTURN_KEY: newSecret('own', 'pk') })).toContain('own_ak_')
    expect(await rulesFor('gitleaks', { KEYTURN_KEY_PREFIX: 'acme' }, '--prefix', 'other')).toContain('other_ak_')
    const words = ['scanner-rules', '--format', 'gitleaks']
    expect(await user.run(words, { env: { KEYTURN_KEY_PREFIX: 'A.*' } })).toMatchObject({ code: 78, out: '' })
    expect(await user.run([...words, '--prefix', 'A.*'])).toMatchObject({ code: 2, out: '' })
    expect(await user.run(['scanner-rules', '--format', 'grep'])).toMatchObject({ code: 2, out: '' })
  })

  it.each(['gitleaks', 'trufflehog'])(
    'for %s use only what RE2 has, the regular expressions of both programs',
    async (format) => {
      const patterns = patternsIn(await rulesFor(format))
      expect(patterns).toHaveLength(2)
      for (const { source } of patterns) {
        expect(source).not.toMatch(/\(\?(?:[=!]|<[=!])|\\[1-9]|[*+?}]\+/)
        // The first group is the secret: gitleaks by secretGroup, TruffleHog always.
        expect(source.match(/\((?!\?)/g)).toHaveLength(1)
      }
    },
  )

  it.each(['gitleaks', 'trufflehog'])('for %s find the tokens of invitations', async (format) => {
    const [, pattern = /none/] = patternsIn(await rulesFor(format))
    for (const random of ['A'.repeat(43), `${'a_'.repeat(21)}-`]) {
      const token = `kt_inv_${random}`
      for (const text of [token, `token=${token}\n`, `"${token}"`]) expect(pattern.exec(text)?.[1]).toBe(token)
      expect(`${token}x`).not.toMatch(pattern)
    }
  })

  it('for TruffleHog are custom detectors in YAML: names, keywords that match, and one expression each', async () => {
    const rules = (await rulesFor('trufflehog')).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(rules.map((line) => line.replace(/'.*'/, 'QUOTED'))).toEqual([
      'detectors:',
      '  - name: keyturn-kt',
      '    keywords:',
      '      - kt_ak_',
      '      - kt_pk_',
      '    regex:',
      '      secret: QUOTED',
      '    entropy: 3.5',
      '  - name: keyturn-invitation-token',
      '    keywords:',
      '      - kt_inv_',
      '    regex:',
      '      token: QUOTED',
      '    entropy: 3.5',
    ])
    // A single-quoted scalar of YAML has no escapes but a doubled quote.
    for (const rule of rules.filter((line) => line.includes("'"))) expect(rule.match(/'/g)).toHaveLength(2)
  })

  it('for gitleaks are TOML with the fields of its configuration', async () => {
    const { child, ended } = user.spawn('python3', [
      '-c',
      'import json, sys, tomllib; print(json.dumps(tomllib.loads(sys.stdin.read())))',
    ])
    child.stdin?.end(await rulesFor('gitleaks'))
    const { code, out } = await ended
    expect(code).toBe(0)
    const rule = {
      description: expect.any(String),
      regex: expect.any(String),
      secretGroup: 1,
      entropy: 3.5,
    }
    expect(JSON.parse(out)).toEqual({
      title: 'Keyturn',
      extend: { useDefault: true },
      rules: [
        { id: 'keyturn-kt-secret', ...rule, keywords: ['kt_ak_', 'kt_pk_'] },
        { id: 'keyturn-invitation-token', ...rule, keywords: ['kt_inv_'] },
      ],
    })
  })
})

describe('the completion of bash', { timeout: 120_000 }, () => {
  const user = useCommandLine()
  const complete = async (...words: string[]): Promise<string[]> => {
    const { code, out, err } = await user.run(['completion', 'bash'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const script = join(user.home, 'completion.bash')
    writeFileSync(script, out)
    const use = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _keyturn; printf "%s\\n" "\${COMPREPLY[@]}"`
    const ended = await user.spawn('bash', ['--norc', '-c', use, script, 'keyturn', ...words]).ended
    expect(ended.err).toBe('')
    return ended.out.split('\n').filter((line) => line !== '')
  }

  it.each<[string[], string[]]>([
    [['ke'], ['keys']],
    [
      ['keys', 're'],
      ['revoke', 'resume'],
    ],
    [['--profile', 'prod', 'keys', 'sh'], ['show']],
    [['keys', 'list', '--un'], ['--unused']],
    [['keys', 'list', '--js'], ['--json']],
    [
      ['keys', 'list', '--status', ''],
      ['active', 'suspended', 'expired', 'revoked'],
    ],
    [['scanner-rules', '--format', 'g'], ['gitleaks']],
    [['completion', 'z'], ['zsh']],
    [['audit', 'verify', '--checkpoint', ''], []],
  ])('of %j is %j', async (words, expected) => {
    expect((await complete(...words)).sort()).toEqual(expected.sort())
  })

  it.each(['zsh', 'fish'] as const)(
    'has a counterpart for %s that the shell can parse, where it is installed',
    async (shell) => {
      const { code, out } = await user.run(['completion', shell])
      expect(code).toBe(0)
      for (const word of ['rotate', '--overlap', 'trufflehog'])
        expect(out).toContain(word.replace(/^--(?=overlap)/, shell === 'fish' ? '' : '--'))
      const script = join(user.home, `completion.${shell}`)
      writeFileSync(script, out)
      const { code: found } = await user.spawn('sh', ['-c', `command -v ${shell}`]).ended
      if (found === 0) expect(await user.spawn(shell, ['-n', script]).ended).toMatchObject({ code: 0, err: '' })
    },
  )
})
