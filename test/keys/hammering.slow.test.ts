import { describe, expect, it } from 'vitest'
import {
  CreatePersonalAccessKeyDocument,
  MembersDocument,
  RemoveMemberDocument,
  RevokeKeyDocument,
  RevokeKeysDocument,
  RevokeSecretDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { ENGINES } from '../support/engines.ts'

const WORKERS = 6
const REQUESTS_AFTER = 10

interface Victim {
  readonly id: string
  readonly secret: string
  readonly ownerId: string
}

describe.each(ENGINES)('a key under full load on %s', (engine) => {
  const app = useApp({ engine })

  /** Uses the key without a pause; returns what requests said that began after the change was answered, and before. */
  const hammer = async (client: TestClient, change: () => Promise<unknown>) => {
    let answered = false
    let left = WORKERS * REQUESTS_AFTER
    let warm = 0
    const outcomes = { before: [] as string[], after: [] as string[] }
    let warmedUp: () => void = () => undefined
    const warmed = new Promise<void>((resolve) => {
      warmedUp = resolve
    })
    const worker = async () => {
      while (left > 0) {
        const late = answered
        if (late) left -= 1
        const { errors } = await client.send('{ viewer { key { id } } }')
        outcomes[late ? 'after' : 'before'].push(errors?.[0]?.extensions.code ?? 'good')
        warm += 1
        if (warm === WORKERS * 4) warmedUp()
      }
    }
    const workers = Array.from({ length: WORKERS }, worker)
    await warmed
    await change()
    answered = true
    await Promise.all(workers)
    return outcomes
  }

  const victim = async (): Promise<Victim> => {
    const person = await app.person('Victor', [])
    const { createPersonalAccessKey } = await person.client.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId: app.organizationId, name: 'in use' },
    })
    const { personalAccessKey, secret } = createPersonalAccessKey
    return { id: personalAccessKey.id, secret, ownerId: person.userId }
  }
  it.each<[string, (victim: Victim) => Promise<unknown>]>([
    ['revoked', ({ id }) => app.owner.run(RevokeKeyDocument, { input: { id } })],
    ['suspended', ({ id }) => app.owner.run(SuspendKeyDocument, { id })],
    ['reported as found', ({ secret }) => app.anonymous.run(RevokeSecretDocument, { input: { secret } })],
    [
      'revoked among others',
      ({ id }) =>
        app.owner.run(RevokeKeysDocument, {
          input: { organizationId: app.organizationId, filter: { search: id }, expectedCount: 1 },
        }),
    ],
    [
      'rotated without an overlap',
      ({ id, secret }) => app.anonymous.with(secret).run(RotateKeyDocument, { input: { id, overlap: 'PT0S' } }),
    ],
    [
      'bound to other addresses',
      ({ id, secret }) =>
        app.anonymous.with(secret).run(UpdateKeyDocument, { input: { id, allowedIps: ['192.0.2.0/24'] } }),
    ],
    [
      'of somebody who was removed',
      async ({ ownerId }) => {
        const { organization } = await app.owner.run(MembersDocument, {
          organizationId: app.organizationId,
          first: 100,
        })
        const member = organization?.members?.edges.find(({ node }) => node.user.id === ownerId)?.node
        return app.owner.run(RemoveMemberDocument, { memberId: member?.id ?? '' })
      },
    ],
  ])('rejects every request that starts after the response that the key is %s', async (_, change) => {
    const made = await victim()
    const { before, after } = await hammer(app.anonymous.with(made.secret), () => change(made))
    expect(before).toContain('good')
    expect(after.length).toBeGreaterThanOrEqual(WORKERS * REQUESTS_AFTER)
    // Whoever fails so often is slowed down as well.
    for (const code of after) expect(['UNAUTHENTICATED', 'RATE_LIMITED']).toContain(code)
    // Nor were those INTERNAL that ran while it happened.
    for (const code of before) expect(['good', 'UNAUTHENTICATED', 'RATE_LIMITED']).toContain(code)
  })
})
