import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withoutStacks } from '../support/without-stacks.ts'
import { type Posed, unnoticed } from './alternatives.ts'
import { CAST } from './callers.ts'
import { type FieldCase, fieldCases, ownFieldCases } from './field-cases.ts'
import { judgeFields, judgeMutations, judgePayload, judgeSubscriptions, type Mismatch } from './judge.ts'
import { type MutationCase, mutationCases, openMutationCases, ownMutationCases } from './mutation-cases.ts'
import { judgePaths, nestedPaths } from './nested-paths.ts'
import type { Caller } from './oracle.ts'
import { openPayloads, payloadCases, rowsOfPayload } from './payload-cases.ts'
import { type Stage, setStage } from './stage.ts'
import { type SubscriptionCase, subscriptionCases } from './subscription-cases.ts'
import { TABLE } from './table.ts'
import { overEvents, overHttp, overWebSocket, type Wire } from './wires.ts'

/** Events of mutations that always succeed: deleting a route, or sending a test through one. */
const OF_ROUTES = ['NOTIFICATION_ROUTE_CREATED', 'NOTIFICATION_ROUTE_UPDATED', 'NOTIFICATION_ROUTE_DELETED']
/** Events of a removal, and of the invitation that creates the member to remove. */
const OF_REMOVALS = ['MEMBER_INVITED', 'MEMBER_JOINED', 'MEMBER_REMOVED', 'KEY_CREATED', 'KEY_REVOKED']

const FAR = ['personal key', 'API key', "identity provider's token"]

/** Every caller, by every credential, against every field and every mutation: by the table. */
describe('the matrix of roles', () => {
  const began = performance.now()
  let stage: Stage
  const asked = new Set<string>()
  const posed: Posed[] = []
  const usedTwice = new Set<string>()
  /** Records what the table says about a question, for callers whose credential is valid. */
  const pose = (caller: Caller, row: string, verdict: (caller: Caller) => ReturnType<Posed['verdict']>) => {
    asked.add(row)
    if (caller.good || caller.bearer === null) posed.push({ row, verdict: () => verdict(caller) })
  }
  const counts = { fields: 0, mutations: 0, subscriptions: 0, 'fields of payloads': 0, 'objects by nested paths': 0 }
  let fields: Readonly<Record<'root' | 'sub' | 'stranger', readonly FieldCase[]>>
  let mutations: Readonly<Record<'root' | 'sub' | 'stranger', readonly MutationCase[]>>
  let subscriptions: Readonly<Record<'root' | 'sub' | 'stranger', readonly SubscriptionCase[]>>
  beforeAll(async () => {
    stage = await setStage()
    const { app, places } = stage
    fields = { root: fieldCases(places.root), sub: fieldCases(places.sub), stranger: fieldCases(places.stranger) }
    subscriptions = {
      root: subscriptionCases(places.root),
      sub: subscriptionCases(places.sub),
      stranger: subscriptionCases(places.stranger),
    }
    mutations = {
      root: [...mutationCases(app, places.root), ...openMutationCases()],
      sub: mutationCases(app, places.sub),
      stranger: mutationCases(app, places.stranger),
    }
  }, 240_000)
  afterAll(async () => {
    await stage.close()
    const seconds = Math.round((performance.now() - began) / 100) / 10
    const asked = Object.entries(counts).map(([what, count]) => `${count} ${what}`)
    console.info(`The matrix of roles asked for ${asked.join(', ')} in ${seconds} s.`)
  })

  /**
   * The transports share everything behind the credential. So every credential is used over one of them. Over the other one
   * each person uses a valid and an invalid one: others than the person before, so that all of them are used there too.
   */
  const isUsedTwice = (who: (typeof CAST)[number], caller: Caller, over: string): boolean => {
    const similar = (stage.actors.get(who) ?? []).filter((actor) => actor.caller.good === caller.good)
    const used = caller.bearer === null || similar[CAST.indexOf(who) % similar.length]?.caller === caller
    if (used) usedTwice.add(`${caller.credential} over ${over}`)
    return used
  }

  const onEach = async (who: (typeof CAST)[number], run: (wire: Wire, index: number) => Promise<Mismatch[]>) => {
    const found: unknown[] = []
    for (const [index, { caller }] of (stage.actors.get(who) ?? []).entries()) {
      for (const open of isUsedTwice(who, caller, 'WebSocket') ? [overHttp, overWebSocket] : [overHttp]) {
        const wire = open(stage.app.url, caller)
        const mismatches = await withoutStacks(() => run(wire, index))
        wire.close()
        found.push(...mismatches.map((one) => ({ ...one, credential: caller.credential, over: wire.name })))
      }
    }
    return found
  }

  it.each(CAST)(
    '$name reads the fields that the table allows, and no others',
    async (who) => {
      const found = await onEach(who, async (wire, index) => {
        const actor = stage.actors.get(who)?.[index]
        if (actor === undefined) return []
        // The transports share everything behind them. So the other organizations are read over one of them, with the
        // credentials that reach furthest.
        const far = wire.name === 'HTTP' && FAR.includes(actor.caller.credential)
        const elsewhere = far ? [...fields.sub, ...fields.stranger] : []
        // For an invalid credential these are all null: tested below.
        const own = actor.caller.good ? ownFieldCases(actor.own, stage.places[who.place]) : []
        const cases = [...fields.root, ...elsewhere, ...own]
        counts.fields += cases.length
        for (const { row, way, expect: verdict } of cases) {
          for (const one of way) asked.add(one)
          if (wire.name === 'HTTP') pose(actor.caller, row, verdict)
        }
        return judgeFields(wire, actor.caller, cases)
      })
      expect(found).toEqual([])
    },
    240_000,
  )

  const eventTypes = async (): Promise<Map<string, string | number>> => {
    const rows = await stage.app.app.parts.services.database.read((reader) =>
      reader.query<{ type: string; count: string | number }>(
        "SELECT type, COUNT(*) AS count FROM audit_events WHERE type <> 'ACCESS_DENIED' GROUP BY type",
      ),
    )
    return new Map(rows.map(({ type, count }) => [type, count]))
  }

  it.each(CAST)(
    '$name may do what the table allows, and nothing else',
    async (who) => {
      const before = await eventTypes()
      const found = await onEach(who, async (wire, index) => {
        const { caller, own } = stage.actors.get(who)?.[index] ?? {}
        if (caller === undefined || own === undefined) return []
        const far = wire.name === 'HTTP' && FAR.includes(caller.credential)
        const elsewhere = far ? [...mutations.sub, ...mutations.stranger] : []
        const cases = [...mutations.root, ...elsewhere, ...ownMutationCases(own)]
        counts.mutations += cases.length
        if (wire.name === 'HTTP') for (const { row, expect: verdict } of cases) pose(caller, row, verdict)
        return judgeMutations(wire, caller, cases)
      })
      expect(found).toEqual([])
      const removes = who.grants.some((grant) => ['*:owner', '*:manager', 'members:manager'].includes(grant))
      const notifies = who.grants.some((grant) => ['*:owner', '*:manager', 'keys:manager'].includes(grant))
      const allowed = [...(removes ? OF_REMOVALS : []), ...(notifies ? OF_ROUTES : [])]
      const changed = [...(await eventTypes())].filter(([type, count]) => count !== before.get(type))
      expect(changed.filter(([type]) => !allowed.includes(type))).toEqual([])
    },
    240_000,
  )

  it.each(CAST)(
    '$name gets from subscriptions what the table allows, and nothing else',
    async (who) => {
      const found: unknown[] = []
      const actors = stage.actors.get(who) ?? []
      await Promise.all(
        actors.flatMap(({ caller }) => {
          const twice = isUsedTwice(who, caller, 'server-sent events')
          return (twice ? [overWebSocket, overEvents] : [overWebSocket]).map(async (open) => {
            const wire = open(stage.app.url, caller)
            const elsewhere = FAR.includes(caller.credential) ? [...subscriptions.sub, ...subscriptions.stranger] : []
            const cases = [...subscriptions.root, ...elsewhere]
            counts.subscriptions += cases.length
            for (const { row, fields, opens } of cases) {
              for (const field of fields) asked.add(field.row)
              if (wire.name === 'WebSocket') pose(caller, row, opens)
            }
            const mismatches = await judgeSubscriptions(wire, caller, cases)
            wire.close()
            found.push(...mismatches.map((one) => ({ ...one, credential: caller.credential, over: wire.name })))
          })
        }),
      )
      expect(found).toEqual([])
    },
    120_000,
  )

  it.each(CAST)(
    '$name finds by no nested path what its id would not return',
    async (who) => {
      const found: unknown[] = []
      let objects = 0
      for (const { caller } of stage.actors.get(who) ?? []) {
        if (!FAR.includes(caller.credential)) continue
        const wire = overHttp(stage.app.url, caller)
        const judged = await withoutStacks(() => judgePaths(wire, nestedPaths(stage.places.root)))
        objects += judged.found
        found.push(...judged.mismatches.map((one) => ({ ...one, credential: caller.credential })))
      }
      counts['objects by nested paths'] += objects
      expect(found).toEqual([])
      expect(objects).toBeGreaterThan(0)
    },
    120_000,
  )

  it.each(CAST.filter(({ place }) => place === 'root'))(
    '$name gets from a mutation what the table allows, and nothing else',
    async (who) => {
      const found: unknown[] = []
      for (const { caller } of stage.actors.get(who) ?? []) {
        const open = { 'personal key': overHttp, 'API key': overWebSocket }[caller.credential]
        if (open === undefined) continue
        const wire = open(stage.app.url, caller)
        for (const one of await payloadCases(stage.app, stage.places.root, caller)) {
          counts['fields of payloads'] += one.fields.length
          for (const { row } of one.fields) asked.add(row)
          const mismatches = await judgePayload(wire, caller, one)
          found.push(...mismatches.map((mismatch) => ({ ...mismatch, credential: caller.credential })))
        }
        wire.close()
      }
      expect(found).toEqual([])
    },
    120_000,
  )

  it('a caller with a secret, a token or an invitation gets complete responses', async () => {
    for (const { name, text, client } of await openPayloads(stage.app, stage.places.root)) {
      const { data, errors } = await client.send<Record<string, Record<string, unknown>>>(text)
      for (const row of rowsOfPayload(name)) asked.add(row)
      const answered = Object.entries(data?.[name] ?? {}).filter(([, value]) => value != null)
      expect({ name, errors, answered: answered.length }).toEqual({
        name,
        errors: undefined,
        answered: rowsOfPayload(name).length,
      })
    }
  })

  it('a caller without a credential is refused as UNAUTHENTICATED', async () => {
    const { data, errors } = await stage.app.anonymous.send('{ viewer { kind } }')
    expect({ data, code: errors?.[0]?.extensions.code }).toEqual({ data: null, code: 'UNAUTHENTICATED' })
  })

  it('would have detected a change of any rule', () => {
    expect(unnoticed(posed)).toEqual([])
  })

  it('has covered every row of the table, and every credential over every transport', () => {
    expect(Object.keys(TABLE).filter((row) => !asked.has(row))).toEqual([])
    const credentials = new Set([...stage.actors.values()].flat().map(({ caller }) => caller.credential))
    const wanted = ['WebSocket', 'server-sent events'].flatMap((over) =>
      [...credentials].map((credential) => `${credential} over ${over}`),
    )
    expect(wanted.filter((one) => !usedTwice.has(one))).toEqual([])
  })
})
