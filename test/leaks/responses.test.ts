import { hash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CreatePersonalAccessKeyDocument,
  KeyByIdDocument,
  ResumeKeyDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyPolicyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { MOST_PLACES } from '../../src/leaks/leak.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { type GitHub, startGitHub } from '../support/github.ts'
import { changesIn, historyOf, typesOf } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { storedText } from '../support/stored-text.ts'

const PLACE = 'https://github.com/octocat/hello/blob/1234/config.yml'

describe.each(ENGINES)('a leaked secret that GitHub reports, on %s', (engine) => {
  const clock = new ManualClock()
  let app: TestApp
  let github: GitHub
  beforeAll(async () => {
    github = await startGitHub()
    app = await boot({ engine, clock, env: { KEYTURN_LEAKS_GITHUB_KEYS_URL: github.keysUrl } })
    await app.app.parts.sweeper.stop()
  })
  afterAll(async () => {
    await app.close()
    await github.close()
  })

  const report = async (token: string, url: string | null = PLACE, source = 'content') => {
    const body = JSON.stringify([{ token, type: 'keyturn_secret', url, source }])
    const response = await fetch(`${app.url}/leaks/github`, { method: 'POST', headers: github.headersOf(body), body })
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const [answer] = (await response.json()) as { token_hash: string; token_type: string; label: string }[]
    expect(answer).toMatchObject({ token_hash: hash('sha256', token, 'hex'), token_type: 'keyturn_secret' })
    return answer?.label
  }
  const keyOf = async (id: string) => (await app.owner.run(KeyByIdDocument, { id })).key
  const setPolicy = (onLeak: 'RECORD' | 'SUSPEND' | 'REVOKE') =>
    app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId: app.organizationId, policy: { onLeak } } })
  const rotated = async (id: string, overlap: string) => {
    clock.advance(1)
    return (await app.owner.run(RotateKeyDocument, { input: { id, overlap } })).rotateKey.secret
  }
  const eventsSince = async (id: string, count: number) =>
    (await historyOf(app, id)).slice(count).filter(({ type }) => type !== 'ACCESS_DENIED')

  it('suspends its key at once by default, and the event names who reported it and where it was found', async () => {
    const { id, secret, client } = await app.apiKey()
    expect(await report(secret)).toBe('true_positive')
    expect((await client.fail(ViewerDocument, {})).extensions).toMatchObject({ reason: 'SUSPENDED' })
    const hint = `kt_ak_...${secret.slice(-4)}`
    expect(await eventsSince(id, 1)).toMatchObject([
      {
        type: 'KEY_LEAKED',
        actor: { kind: 'SYSTEM' },
        details: { kind: 'API_KEY', reportedBy: 'GitHub', foundAt: PLACE, foundIn: 'content', hint },
      },
      { type: 'KEY_SUSPENDED', actor: { kind: 'SYSTEM' } },
    ])
  })

  it.each<['RECORD' | 'SUSPEND' | 'REVOKE', string, string[]]>([
    ['RECORD', 'ACTIVE', ['KEY_LEAKED']],
    ['SUSPEND', 'SUSPENDED', ['KEY_LEAKED', 'KEY_SUSPENDED']],
    ['REVOKE', 'REVOKED', ['KEY_LEAKED', 'KEY_REVOKED']],
  ])('under the policy %s leaves its key %s', async (policy, status, types) => {
    await setPolicy(policy)
    const { id, secret } = await app.apiKey()
    await report(secret)
    await setPolicy('SUSPEND')
    expect(await keyOf(id)).toMatchObject({ status })
    const events = await eventsSince(id, 1)
    expect(events.map(({ type }) => type)).toEqual(types)
    if (policy === 'REVOKE') expect(events[1]).toMatchObject({ details: { reason: 'COMPROMISED', policy: 'onLeak' } })
  })

  it('changes nothing when it is reported again from the same place, also after a manager resumed the key', async () => {
    const { id, secret } = await app.apiKey()
    await report(secret)
    await app.owner.run(ResumeKeyDocument, { id })
    const before = await changesIn(app)
    expect(await report(secret)).toBe('true_positive')
    expect(await changesIn(app)).toEqual(before)
    expect(await keyOf(id)).toMatchObject({ status: 'ACTIVE' })
    await report(secret, `${PLACE}?other`)
    expect(await keyOf(id)).toMatchObject({ status: 'SUSPENDED' })
  })

  it('is recorded for a bounded number of places', async () => {
    const { id, secret } = await app.apiKey()
    const finds = Array.from({ length: MOST_PLACES + 50 }, (_, index) => ({
      token: secret,
      type: 'keyturn_secret',
      url: `${PLACE}#${index}`,
    }))
    const body = JSON.stringify(finds)
    await fetch(`${app.url}/leaks/github`, { method: 'POST', headers: github.headersOf(body), body })
    const types = await app.app.parts.services.database.read((reader) =>
      reader.query<{ type: string }>('SELECT type FROM audit_events WHERE target_id = ?', [id]),
    )
    expect(types.filter(({ type }) => type === 'KEY_LEAKED')).toHaveLength(MOST_PLACES)
    expect(types.filter(({ type }) => type === 'KEY_SUSPENDED')).toHaveLength(1)
  })

  it('that a rotation is retiring suspends the key, and is retired before a manager resumes it', async () => {
    const { id, secret, client } = await app.apiKey()
    const current = await rotated(id, 'PT1H')
    await report(secret)
    expect((await typesOf(app, id)).slice(2)).toEqual(['KEY_LEAKED', 'KEY_ROTATION_COMPLETED', 'KEY_SUSPENDED'])
    await app.owner.run(ResumeKeyDocument, { id })
    expect((await client.fail(ViewerDocument, {})).extensions).toMatchObject({ reason: 'RETIRED' })
    expect(await app.anonymous.with(current).run(ViewerDocument, {})).toMatchObject({ viewer: { kind: 'API_KEY' } })
  })

  it.each<[string, (id: string) => Promise<unknown>, string]>([
    ['that was retired', (id) => rotated(id, 'PT0S'), 'ACTIVE'],
    ['of a revoked key', (id) => app.owner.run(RevokeKeyDocument, { input: { id } }), 'REVOKED'],
    ['of an expired key', async () => clock.advance(3_600), 'EXPIRED'],
  ])('%s is recorded alone', async (_, prepare, status) => {
    const { id, secret } = await app.apiKey({ expiresIn: 'PT1H' })
    await prepare(id)
    const before = (await typesOf(app, id)).length
    expect(await report(secret)).toBe('true_positive')
    expect((await eventsSince(id, before)).map(({ type }) => type)).toEqual(['KEY_LEAKED'])
    expect(await keyOf(id)).toMatchObject({ status })
  })

  it('of a key that its owner suspended can then be resumed by managers alone', async () => {
    const ann = await app.person('Ann', [])
    const input = { organizationId: app.organizationId, name: 'laptop' }
    const { createPersonalAccessKey } = await ann.client.run(CreatePersonalAccessKeyDocument, { input })
    const { personalAccessKey, secret } = createPersonalAccessKey
    const { id } = personalAccessKey
    await ann.client.run(SuspendKeyDocument, { id })
    await report(secret)
    expect((await typesOf(app, id)).slice(1)).toEqual(['KEY_SUSPENDED', 'KEY_LEAKED', 'KEY_SUSPENDED'])
    expect((await ann.client.fail(ResumeKeyDocument, { id })).extensions.code).toBe('FORBIDDEN')
    await app.owner.run(ResumeKeyDocument, { id })
  })

  it('is stored nowhere and in no log, nor is an address that contains it', async () => {
    const { id, secret } = await app.apiKey()
    await report(secret, `https://example.com/raw?text=${secret}&line=1`, `in ${secret}`)
    expect((await historyOf(app, id))[1]).toMatchObject({
      details: { foundAt: 'https://example.com/raw?text=...&line=1', foundIn: 'in ...' },
    })
    expect(await storedText(app)).not.toContain(secret)
    expect(app.logged.join('\n')).not.toContain(secret)
  })

  it.each([
    ['another text', 'ghp_0123456789012345678901234567890123456'],
    ['a secret of this form that was never issued', newSecret('kt', 'ak')],
    ['a secret of another deployment', newSecret('acme', 'ak')],
    ['nothing', ''],
    ['something that looks like an access token', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJrZXlfMSJ9.AAAA'],
  ])('is not %s, which changes nothing', async (_, text) => {
    const before = await changesIn(app)
    expect(await report(text)).toBe('false_positive')
    expect(await changesIn(app)).toEqual(before)
  })

  it('that is mistyped changes nothing', async () => {
    const { secret } = await app.apiKey()
    const before = await changesIn(app)
    expect(await report(`${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`)).toBe('false_positive')
    expect(await changesIn(app)).toEqual(before)
  })

  it('may be an access token: it is revoked, once, and its key is left alone', async () => {
    const { id, secret } = await app.apiKey()
    const answer = await fetch(`${app.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
    })
    const { access_token: token } = (await answer.json()) as { access_token: string }
    expect(await report(token)).toBe('true_positive')
    expect(await report(token)).toBe('true_positive')
    const events = (await historyOf(app, id)).filter(({ type }) => type !== 'TOKEN_ISSUED').slice(1)
    expect(events).toMatchObject([
      { type: 'KEY_LEAKED', details: { reportedBy: 'GitHub', foundAt: PLACE, tokenId: expect.any(String) } },
      { type: 'TOKEN_REVOKED' },
    ])
    expect(await keyOf(id)).toMatchObject({ status: 'ACTIVE' })
    expect(await storedText(app)).not.toContain(token)
  })
})
