import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig, SETTING_NAMES } from '../../src/config.ts'

/** The names of the faults that an environment has, and all that is said of them. */
const faultsOf = (env: Record<string, string>): { names: string[]; text: string } => {
  try {
    readConfig(env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { names: error.faults.map((fault) => fault.slice(0, fault.indexOf(':'))), text: error.message }
  }
  return { names: [], text: '' }
}

/** For each setting a value that it cannot have. */
const BAD: Record<string, string> = {
  KEYTURN_HOST: 'not an address',
  KEYTURN_PORT: '65536',
  KEYTURN_PUBLIC_URL: 'keys.example.com',
  KEYTURN_DATABASE_URL: 'mysql://somebody:hunter2@localhost/keyturn',
  KEYTURN_REDIS_URL: 'http://somebody:hunter2@localhost',
  KEYTURN_MASTER_KEY: 'c2VjcmV0',
  KEYTURN_KEY_PREFIX: 'Acme',
  KEYTURN_TOKEN_AUDIENCE: 'our services',
  KEYTURN_TOKEN_ALGORITHM: 'HS256',
  KEYTURN_OIDC_ISSUER: 'login.example.com',
  KEYTURN_OWNER_EMAIL: 'nobody',
  KEYTURN_ORGANIZATION: 'o'.repeat(101),
  KEYTURN_LOG_LEVEL: 'loud',
  KEYTURN_METRICS_TOKEN: 'hunter2',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
  KEYTURN_GRAPHIQL: 'yes',
  KEYTURN_INTROSPECTION: 'true',
  KEYTURN_TRUST_PROXY: '10.0.0.0/33',
  KEYTURN_ALLOWED_ORIGINS: 'https://console.example.com/path',
  KEYTURN_SMTP_URL: 'smtp://mailer:hunter2@mail.example.com:many',
  KEYTURN_MAIL_FROM: 'Keyturn',
  KEYTURN_LEAKS_GITHUB_KEYS_URL: 'http://api.github.com/meta/public_keys/secret_scanning',
  KEYTURN_LEAKS_GITLAB_TOKEN: 'hunter2',
}
const OIDC = { KEYTURN_OIDC_AUDIENCE: 'keyturn' }
/** Settings that must be set together with another one. */
const ALONGSIDE: Record<string, Record<string, string>> = {
  KEYTURN_OIDC_ISSUER: OIDC,
  KEYTURN_SMTP_URL: { KEYTURN_MAIL_FROM: 'keyturn@example.com' },
  KEYTURN_MAIL_FROM: { KEYTURN_SMTP_URL: 'smtp://mail.example.com' },
}

describe('the configuration', () => {
  it('is documented: each setting is on its page, and no other', () => {
    const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
    const documented = page
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .flatMap((line) => line.split('|')[1]?.match(/(?:KEYTURN|OTEL)_\w+/g) ?? [])
    expect(documented.sort()).toEqual([...SETTING_NAMES].sort())
  })

  it('requires no setting, and treats an empty one as not set', () => {
    const config = readConfig({ KEYTURN_PORT: '', KEYTURN_MASTER_KEY: '', UNRELATED: 'x' })
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      publicUrl: 'http://127.0.0.1:4000',
      databaseUrl: expect.stringMatching(/^sqlite:.*\/data\/keyturn\.db$/),
      redisUrl: null,
      masterKeys: [],
      keyPrefix: 'kt',
      tokenAlgorithm: 'ES256',
      oidc: null,
      ownerEmail: 'owner@localhost',
      organization: 'Default',
      logLevel: 'info',
      metricsToken: null,
      graphiql: true,
      console: true,
      introspection: true,
      trustProxy: [],
      allowedOrigins: [],
    })
  })

  it.each([
    ...Object.entries(BAD),
    ['KEYTURN_PORT', '-1'],
    ['KEYTURN_PORT', 'many'],
    ['KEYTURN_PORT', '80.5'],
    ['KEYTURN_SMTP_URL', 'mailer:hunter2@mail.example.com'],
    ['KEYTURN_SMTP_URL', 'smtp://mailer:hunter2/x@mail.example.com'],
  ])('rejects %s as %s, and names only that setting', (name, value) => {
    const { names, text } = faultsOf({ ...ALONGSIDE[name], [name]: value })
    expect(names).toEqual([name])
    expect(text).toMatch(/^The configuration has a fault:\n/)
    expect(text).not.toContain('hunter2')
  })

  it('lists all errors at once, and prints no value that may be secret', () => {
    const { names, text } = faultsOf({ ...BAD, ...OIDC, KEYTURN_PUBLIC_ULR: 'http://127.0.0.1' })
    expect(names.sort()).toEqual([...Object.keys(BAD), 'KEYTURN_PUBLIC_ULR'].sort())
    expect(text).toContain(`The configuration has ${names.length} faults:`)
    expect(text).not.toMatch(/hunter2|c2VjcmV0/)
  })

  it('issues tokens for services by default, and never for its own API', () => {
    expect(readConfig({}).tokenAudience).toBe('http://127.0.0.1:4000/services')
    expect(readConfig({ KEYTURN_PUBLIC_URL: 'https://keys.example.com/' }).tokenAudience).toBe(
      'https://keys.example.com/services',
    )
    expect(readConfig({ KEYTURN_TOKEN_AUDIENCE: 'https://api.example.com' }).tokenAudience).toBe(
      'https://api.example.com',
    )
    for (const variables of [
      { KEYTURN_TOKEN_AUDIENCE: 'http://127.0.0.1:4000' },
      { KEYTURN_TOKEN_AUDIENCE: 'http://127.0.0.1:4001/', KEYTURN_PORT: '4001' },
      { KEYTURN_TOKEN_AUDIENCE: 'https://keys.example.com', KEYTURN_PUBLIC_URL: 'https://keys.example.com/' },
    ])
      expect(faultsOf(variables).names).toEqual(['KEYTURN_TOKEN_AUDIENCE'])
  })

  it('reports settings that must be set together along with other errors', () => {
    const postgres = { KEYTURN_DATABASE_URL: 'postgres://localhost/keyturn' }
    expect(faultsOf(postgres).names).toEqual(['KEYTURN_MASTER_KEY'])
    expect(faultsOf({ ...OIDC }).names).toEqual(['KEYTURN_OIDC_ISSUER, KEYTURN_OIDC_AUDIENCE'])
    expect(faultsOf({ ...postgres, ...OIDC, KEYTURN_PORT: 'many', KEYTURN_PROT: '1' }).names.sort()).toEqual([
      'KEYTURN_MASTER_KEY',
      'KEYTURN_OIDC_ISSUER, KEYTURN_OIDC_AUDIENCE',
      'KEYTURN_PORT',
      'KEYTURN_PROT',
    ])
  })
})
