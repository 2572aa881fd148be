import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Caller, causeOf } from '../../src/audit/caller.ts'
import { KeyturnError } from '../../src/kernel/errors.ts'
import { statusOf as realStatusOf } from '../../src/keys/key.ts'
import { ENGINES } from '../support/engines.ts'
import * as model from '../support/key-model.ts'
import { bootSwept, historyOf, type SweptApp } from '../support/sweeping.ts'

const HOUR = 3_600
const DAY = 24 * HOUR
const LIFETIME = 10 * DAY
const ORIGIN = { requestId: 'properties', ipAddress: '127.0.0.1', userAgent: null }

interface Real {
  readonly id: string
  readonly caller: Caller
}
type Command = fc.AsyncCommand<model.KeyModel, Real>

let app: SweptApp
let caller: Caller

/** Types of events that some key's history had. */
const seen = new Set<string>()

const seconds = () => app.clock.now().getTime() / 1000

/** What others record of a key is told by other tests. */
const OF_ITS_LIFE = (type: string) => type !== 'RETIRED_SECRET_USED' && type !== 'ACCESS_DENIED'

const expectAgreement = async (key: model.KeyModel, { id }: Real): Promise<void> => {
  const { services, verifier } = app.app.parts
  const row = await services.keyQueries.find(caller, id)
  const good: string[] = []
  for (const { text } of key.secrets) if ((await verifier.verify(text, ORIGIN.ipAddress)).valid) good.push(text)
  const history = (await historyOf(app, id)).map(({ type }) => type as string).filter(OF_ITS_LIFE)
  for (const type of history) seen.add(type)
  expect({
    status: realStatusOf(row, app.clock.now()),
    good,
    history,
    expiresAt: (row.expiresAt?.getTime() ?? 0) / 1000,
  }).toEqual({
    status: model.statusOf(key),
    good: model.workingSecrets(key),
    history: key.history,
    expiresAt: key.expiresAt,
  })
}

/** A command that the model knows the outcome of: done, or refused with CONFLICT and nothing changed. */
const command = (
  name: string,
  may: (key: model.KeyModel) => boolean,
  act: (real: Real) => Promise<unknown>,
  change: (key: model.KeyModel, result: unknown) => void,
): Command => ({
  check: () => true,
  toString: () => name,
  run: async (key, real) => {
    const expected = may(key) ? 'done' : 'CONFLICT'
    let result: unknown
    const outcome = await act(real).then(
      (value) => {
        result = value
        return 'done'
      },
      (error: unknown) => {
        if (error instanceof KeyturnError) return error.code
        throw error
      },
    )
    expect(`${name}: ${outcome}`).toBe(`${name}: ${expected}`)
    if (outcome === 'done') change(key, result)
    await expectAgreement(key, real)
  },
})

const always = () => true
const services = () => app.app.parts.services

const rotating = fc
  .record({ overlap: fc.constantFrom(0, HOUR, DAY, 5 * DAY), fromFirstUse: fc.boolean() })
  .map(({ overlap, fromFirstUse }) => {
    const overlapFromFirstUse = fromFirstUse && overlap > 0
    return command(
      `rotate(${overlap}, ${overlapFromFirstUse})`,
      model.mayRotate,
      ({ id }) => services().rotateKey.rotate(caller, { id, overlap, overlapFromFirstUse }),
      (key, result) => model.rotate(key, (result as { secret: string }).secret, overlap, overlapFromFirstUse),
    )
  })

const simple: Command[] = [
  command('complete', model.mayComplete, ({ id }) => services().endRotation.complete(caller, id), model.complete),
  command('cancel', model.mayCancel, ({ id }) => services().endRotation.cancel(caller, id), model.cancel),
  command(
    'suspend',
    (key) => model.statusOf(key) === 'ACTIVE',
    ({ id }) => services().suspendKey.suspend(caller, id),
    (key) => {
      key.suspended = true
      key.history.push('KEY_SUSPENDED')
    },
  ),
  command(
    'resume',
    (key) => model.statusOf(key) === 'SUSPENDED',
    ({ id }) => services().suspendKey.resume(caller, id),
    (key) => {
      key.suspended = false
      key.history.push('KEY_RESUMED')
    },
  ),
]

const revoking = command(
  'revoke',
  (key) => !key.revoked,
  ({ id }) => services().revokeKey.revoke(caller, { id }),
  (key) => {
    key.revoked = true
    key.history.push('KEY_REVOKED')
  },
)

const passing = fc.constantFrom(1, HOUR - 1, HOUR, DAY, 5 * DAY, LIFETIME - 1).map((time) =>
  command(
    `pass(${time})`,
    always,
    () => app.pass(time),
    (key) => model.pass(key, time),
  ),
)

/** Any secret that was ever issued, the newest and the oldest among them. */
const using = fc.nat(3).map(
  (back): Command => ({
    check: () => true,
    toString: () => `use(${back} back)`,
    run: async (key, real) => {
      const { text } = key.secrets.at(-1 - (back % key.secrets.length)) ?? { text: '' }
      const { authenticator, verifier } = app.app.parts
      const { valid } = await authenticator.examine(verifier, text, ORIGIN)
      expect(valid).toBe(model.workingSecrets(key).includes(text))
      model.use(key, text)
      await expectAgreement(key, real)
    },
  }),
)

describe.each(ENGINES)('the life of a key on %s', (engine) => {
  beforeAll(async () => {
    seen.clear()
    app = await bootSwept({ engine })
    const { findPrincipal } = app.app.parts.services
    const { data } = await app.owner.send<{ viewer: { key: { id: string } } }>('{ viewer { key { id } } }')
    const principal = await findPrincipal(data?.viewer.key.id ?? '')
    if (principal === null) throw new Error('The owner is not known.')
    caller = { principal, cause: causeOf(principal, ORIGIN) }
  })
  afterAll(() => app.close())

  it('matches a model, for any sequence of operations', { timeout: 300_000 }, async () => {
    let keys = 0
    const all = fc.commands<model.KeyModel, Real, false>(
      [
        rotating,
        rotating,
        fc.constantFrom(...simple),
        fc.constantFrom(...simple),
        passing,
        passing,
        using,
        // Rarely: what comes after it is short.
        fc.integer({ min: 0, max: 3 }).map((n) => (n === 0 ? revoking : (simple[n] ?? revoking))),
      ] as fc.Arbitrary<Command>[],
      { maxCommands: 25, size: 'max' },
    )
    await fc.assert(
      fc.asyncProperty(all, async (commands) => {
        keys += 1
        const { key, secret } = await services().createKey.createApiKey(caller, {
          organizationId: app.organizationId,
          name: `key ${keys}`,
          grants: [],
          expiresIn: LIFETIME,
          warnBefore: [],
        })
        await fc.asyncModelRun(
          () => ({ model: model.newKey(seconds(), LIFETIME, secret), real: { id: key.id, caller } }),
          commands,
        )
      }),
      { seed: 20260601, numRuns: 60, endOnFailure: false },
    )
    // Had the commands been refused all along, the two would agree as well.
    expect([...seen].sort()).toEqual([
      'KEY_CREATED',
      'KEY_EXPIRED',
      'KEY_RESUMED',
      'KEY_REVOKED',
      'KEY_ROTATED',
      'KEY_ROTATION_CANCELLED',
      'KEY_ROTATION_COMPLETED',
      'KEY_SUSPENDED',
      'KEY_UPDATED',
    ])
  })
})
