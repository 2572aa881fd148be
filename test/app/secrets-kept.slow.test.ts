import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  CancelRotationDocument,
  CompleteRotationDocument,
  CreatePersonalAccessKeyDocument,
  ExchangeKeyDocument,
  KeyEventsDocument,
  ResumeKeyDocument,
  RevokeKeyDocument,
  RevokeSecretDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { historyOf } from '../support/audit-chain.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { storedText } from '../support/stored-text.ts'
import { introspect, post, requestToken } from '../support/tokens.ts'
import { TRANSPORTS, untilLive } from '../support/transports.ts'

const SECRETS = /kt_(?:ak|pk)_[0-9A-Za-z]{49}|kt_inv_[0-9A-Za-z_-]{43}/g

describe('secrets of a whole run', () => {
  let app: TestApp
  const answers: string[] = []
  beforeAll(async () => {
    // Every answer is kept, but those that never end.
    const { fetch } = globalThis
    vi.stubGlobal('fetch', async (...request: Parameters<typeof fetch>) => {
      const response = await fetch(...request)
      const heads = JSON.stringify([...response.headers])
      const streams = response.headers.get('content-type')?.startsWith('text/event-stream') === true
      answers.push(heads + (streams ? '' : await response.clone().text()))
      return response
    })
    app = await boot()
  })
  afterEach(() => app.owner.close())
  afterAll(async () => {
    vi.unstubAllGlobals()
    await app.close()
  })

  /** Whatever somebody may do with a text that is a secret, in places where it belongs and in places where it does not. */
  const misuse = async (text: string) => {
    const client = app.anonymous.with(text)
    await client.send(ViewerDocument.toString())
    await client.send(`{ viewer { ${text} } }`)
    await client.send(`query ${text} { key(id: "${text}") { id } }`)
    await client.send('query ($id: ID!) { node(id: $id) { id } }', { id: text })
    await client.send(`{ viewer { kind } `, {}, { 'x-request-id': text, 'user-agent': `tool/1.0 (${text})` })
    const create = 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } } }'
    const input = { organizationId: app.organizationId, name: 'n', grants: [] }
    for (const spoilt of [
      { organizationId: text },
      { expiresIn: text },
      { expiresAt: text },
      { allowedIps: [text] },
      { warnBefore: text },
      { neverExpires: text },
      { grants: [{ module: text, role: 'VIEWER' }] },
      { grants: [{ module: 'keys', role: text }] },
      { [text]: 1 },
    ])
      await app.owner.send(create, { input: { ...input, ...spoilt } })
    const list = `query ($id: ID!, $filter: KeyFilter, $after: String) {
      organization(id: $id) { apiKeys(filter: $filter, after: $after) { totalCount } } }`
    for (const variables of [{ filter: { search: text } }, { filter: { module: text } }, { after: text }])
      await app.owner.send(list, { id: app.organizationId, ...variables })
    await app.anonymous.send(
      'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { secret } }',
      { input: { invitationToken: text, name: 'n' } },
    )
    await app.anonymous.send(ExchangeKeyDocument.toString(), { input: { secret: `${text}x`, scope: text } })
    await post(app, '/oauth/token', { grant_type: text, client_id: text, client_secret: text, scope: text })
    await post(app, '/auth/v1/api-key/token', { name: text, secret: text })
    await introspect(app, text)
    await client.subscribe(ViewerDocument, {}).then(
      ({ stop }) => stop(),
      (error: unknown) => answers.push(String(error)),
    )
    // With a header that is kept, a refusal that is told of in the history.
    await client.send(ViewerDocument.toString(), {}, { 'x-request-id': text, 'user-agent': text })
    client.close()
  }

  it('are returned once, to their creator, and appear in no other response, event, log or row', async () => {
    const { organizationId } = app
    const heard = []
    for (const { open } of TRANSPORTS)
      heard.push(await open(app.owner, KeyEventsDocument, { organizationId, after: 0 }))
    await untilLive(app, 2)

    const ann = await app.person('Ann', [{ module: 'keys', role: 'MANAGER' }])
    const key = await app.apiKey({ name: 'whole run', grants: [{ module: 'keys', role: 'VIEWER' }] })
    const { id } = key
    await key.client.run(RotateKeyDocument, { input: { id } })
    await app.owner.run(CompleteRotationDocument, { id })
    const { rotateKey: dropped } = await app.owner.run(RotateKeyDocument, { input: { id, overlapFromFirstUse: true } })
    await app.anonymous.with(dropped.secret).run(ViewerDocument, {})
    await app.owner.run(CancelRotationDocument, { id })
    await app.owner.run(SuspendKeyDocument, { id })
    await app.owner.run(ResumeKeyDocument, { id })
    await app.owner.run(UpdateKeyDocument, { input: { id, description: 'changed' } })
    const { createPersonalAccessKey: mine } = await ann.client.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId, name: 'laptop' },
    })
    const revoked = await app.apiKey({ name: 'revoked' })
    await app.owner.run(RevokeKeyDocument, { input: { id: revoked.id } })
    const found = await app.apiKey({ name: 'found' })
    await app.anonymous.run(RevokeSecretDocument, { input: { secret: found.secret } })
    await requestToken(app, { id: ann.keyId, secret: ann.secret })

    const unknown = newSecret('kt', 'ak')
    // Current, retired, dropped, of a person, revoked, found, cut off, of nobody.
    const used = [ann.secret, key.secret, dropped.secret, mine.secret, revoked.secret, found.secret]
    for (const text of [...used, `${mine.secret.slice(0, -1)}`, unknown]) await misuse(text)
    await app.anonymous.try(RevokeSecretDocument, { input: { secret: unknown } })
    await app.anonymous.try(RevokeSecretDocument, { input: { secret: `${ann.secret}x` } })
    await app.app.parts.usage.flush()
    await app.app.parts.denials.flush()

    const shown = new Map<string, number>()
    for (const [secret] of answers.join('\n').matchAll(SECRETS)) shown.set(secret, (shown.get(secret) ?? 0) + 1)
    for (const secret of used) expect([...shown.keys()]).toContain(secret)
    // Three rotations, three API keys, a personal key, and an invitation with its first key.
    expect([...shown.values()]).toEqual(Array(8).fill(1))

    const events = JSON.stringify(await historyOf(app.owner, organizationId))
    const streams = JSON.stringify(heard.map(({ results }) => results.pending))
    const stored = await storedText(app)
    const logged = app.logged.join('\n')
    for (const text of [events, streams, stored]) expect(text).toContain(`...${key.secret.slice(-4)}`)
    expect(JSON.parse(streams).flat().length).toBeGreaterThan(20)
    for (const secret of [...shown.keys(), app.ownerSecret, unknown]) {
      // Its random part, cut off at either end as well.
      const random = secret.slice(secret.lastIndexOf('_', 7) + 1).slice(2, 36)
      for (const [where, text] of Object.entries({ events, streams, stored, logged }))
        expect(text.includes(random), `${secret} is in the ${where}`).toBe(false)
    }
    for (const answer of answers) expect(answer).not.toContain(app.ownerSecret)
    for (const answer of answers) expect(answer).not.toContain(unknown)
  })
})
