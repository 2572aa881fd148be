import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  AcceptInvitationDocument,
  InviteMemberDocument,
  KeyByIdDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { signIn } from '../support/console.ts'
import { ENGINES } from '../support/engines.ts'
import { type GitHub, startGitHub } from '../support/github.ts'
import { changesIn } from '../support/history.ts'
import { codeOf, grant, suborganization } from '../support/people.ts'
import { sessionEvents } from '../support/session-events.ts'
import { storedText } from '../support/stored-text.ts'
import { claimsOf, eventsOf, introspect, tokenIdsIn, tokenOf } from '../support/tokens.ts'

const PLACE = 'https://github.com/octocat/hello/blob/1234/notes.md'

describe.each(ENGINES)('a report of GitHub on %s', (engine) => {
  let app: TestApp
  let github: GitHub
  beforeAll(async () => {
    github = await startGitHub()
    app = await boot({ engine, env: { KEYTURN_LEAKS_GITHUB_KEYS_URL: github.keysUrl } })
  })
  afterAll(async () => {
    await app.close()
    await github.close()
  })

  const report = async (...tokens: readonly string[]) => {
    const body = JSON.stringify(tokens.map((token) => ({ token, type: 'keyturn', url: PLACE, source: 'content' })))
    const response = await fetch(`${app.url}/leaks/github`, { method: 'POST', headers: github.headersOf(body), body })
    return ((await response.json()) as { label: string }[]).map(({ label }) => label)
  }
  const invite = async () => {
    const input = { organizationId: app.organizationId, email: 'ada@example.com', grants: [grant('audit:viewer')] }
    const { inviteMember } = await app.owner.run(InviteMemberDocument, { input })
    return { token: inviteMember.invitationToken, id: inviteMember.invitation.id }
  }
  const accept = (invitationToken: string) =>
    app.anonymous.try(AcceptInvitationDocument, { input: { invitationToken, name: 'Ada' } })

  it('of the token of an open invitation revokes the invitation, once, and says where the token was found', async () => {
    const { token, id } = await invite()
    expect(await report(token)).toEqual(['true_positive'])
    const [event] = await eventsOf(app, { targetId: id })
    expect(event).toMatchObject({
      type: 'MEMBER_INVITED',
      actor: { kind: 'SYSTEM' },
      details: { revoked: true, reason: 'leaked', reportedBy: 'GitHub', foundAt: PLACE, foundIn: 'content' },
    })
    expect(codeOf(await accept(token))).toBe('NOT_FOUND')
    const before = await changesIn(app)
    expect(await report(token)).toEqual(['true_positive'])
    expect(await changesIn(app)).toEqual(before)
    expect(await storedText(app)).not.toContain(token)
    expect(app.logged.join('\n')).not.toContain(token)
  })

  it('of an invitation that was accepted changes nothing: its token can do nothing any more', async () => {
    const { token } = await invite()
    expect(codeOf(await accept(token))).toBe('done')
    const before = await changesIn(app)
    expect(await report(token)).toEqual(['true_positive'])
    expect(await changesIn(app)).toEqual(before)
  })

  it('of the token of a console session ends the session, and leaves its key alone', async () => {
    const ann = await app.person('Ann', [])
    const session = await signIn(app, ann.secret)
    await session.run(ViewerDocument, {})
    const token = session.cookie.slice(session.cookie.indexOf('=') + 1)
    expect(await report(token)).toEqual(['true_positive'])
    expect((await session.fail(ViewerDocument, {})).extensions).toMatchObject({ reason: 'UNKNOWN' })
    expect(await ann.client.run(ViewerDocument, {})).toMatchObject({ viewer: { user: { name: 'Ann' } } })
    expect((await sessionEvents(app, ann.userId)).at(-1)).toMatchObject({
      type: 'SESSION_ENDED',
      details: { reason: 'leaked', reportedBy: 'GitHub', foundAt: PLACE },
    })
    expect(await storedText(app)).not.toContain(token)
  })

  it('of secrets of several organizations writes to the audit log of each', async () => {
    const organizationId = await suborganization(app, 'branch')
    const [own, other] = [await app.apiKey(), await app.apiKey({ organizationId })]
    expect(await report(other.secret, own.secret, 'x')).toEqual(['true_positive', 'true_positive', 'false_positive'])
    for (const { id } of [own, other]) {
      const { key } = await app.owner.run(KeyByIdDocument, { id })
      expect(key).toMatchObject({ status: 'SUSPENDED' })
    }
    const logs = await app.app.parts.services.database.read((reader) =>
      reader.query<{ organization_id: string; target_id: string }>(
        "SELECT organization_id, target_id FROM audit_events WHERE type = 'KEY_LEAKED'",
      ),
    )
    expect(new Set(logs.map((row) => `${row.organization_id} ${row.target_id}`))).toEqual(
      new Set([`${app.organizationId} ${own.id}`, `${organizationId} ${other.id}`]),
    )
  })

  it('of access tokens revokes each once, with the place of its first find, however often it was found', async () => {
    const organizationId = await suborganization(app, 'tokens')
    const tokens: string[] = []
    for (const key of [await app.apiKey(), await app.apiKey({ organizationId })])
      for (let made = 0; made < 20; made += 1) tokens.push(await tokenOf(app, key))
    const [first = ''] = tokens
    const found = [...Array.from({ length: 1_000 }, () => first), ...tokens]
    const labels = await report(...found, `${first.slice(0, -4)}AAAA`)
    expect(labels).toEqual([...found.map(() => 'true_positive'), 'false_positive'])
    for (const token of tokens) expect(await introspect(app, token)).toEqual({ active: false })
    const ids = tokens.map((token) => String(claimsOf(token).jti)).sort()
    const { database } = app.app.parts.services
    for (const type of ['KEY_LEAKED', 'TOKEN_REVOKED'] as const)
      expect(await database.read((reader) => tokenIdsIn(reader, type))).toEqual(ids)
    const before = await changesIn(app)
    expect(await report(first)).toEqual(['true_positive'])
    expect(await changesIn(app)).toEqual(before)
  })
})
