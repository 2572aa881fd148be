import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CAST } from './callers.ts'
import { type FieldCase, fieldCases, ownFieldCases } from './field-cases.ts'
import { judgeFields, judgeMutations, type Mismatch } from './judge.ts'
import { type MutationCase, mutationCases, openMutationCases } from './mutation-cases.ts'
import { type Stage, setStage } from './stage.ts'
import { TABLE } from './table.ts'
import { overHttp, overWebSocket, type Wire } from './wires.ts'

/** What the removal of somebody who was let in for that leaves in the history. */
const OF_REMOVALS = ['MEMBER_INVITED', 'MEMBER_JOINED', 'MEMBER_REMOVED', 'KEY_CREATED', 'KEY_REVOKED']

const FAR = ['personal key', 'API key', "identity provider's token"]

/** Every caller, by every credential, over every transport, against every field and every mutation: by the table. */
// Tens of thousands of cases: asked for by name, MATRIX=true npx vitest run test/roles/matrix.test.ts
describe.runIf(process.env.MATRIX === 'true')('the matrix of roles', () => {
  const began = performance.now()
  let stage: Stage
  const asked = new Set<string>()
  let fieldCount = 0
  let mutationCount = 0
  let fields: Readonly<Record<'root' | 'sub' | 'stranger', readonly FieldCase[]>>
  let mutations: Readonly<Record<'root' | 'stranger', readonly MutationCase[]>>
  beforeAll(async () => {
    stage = await setStage()
    const { app, places } = stage
    fields = { root: fieldCases(places.root), sub: fieldCases(places.sub), stranger: fieldCases(places.stranger) }
    mutations = {
      root: [...mutationCases(app, places.root), ...openMutationCases()],
      stranger: mutationCases(app, places.stranger),
    }
  }, 240_000)
  afterAll(async () => {
    await stage.close()
    const seconds = Math.round((performance.now() - began) / 100) / 10
    console.info(`The matrix of roles: ${fieldCount} fields and ${mutationCount} mutations asked for in ${seconds} s.`)
  })

  const onBoth = async (who: (typeof CAST)[number], run: (wire: Wire, index: number) => Promise<Mismatch[]>) => {
    const found: unknown[] = []
    for (const [index, { caller }] of (stage.actors.get(who) ?? []).entries()) {
      for (const open of [overHttp, overWebSocket]) {
        const wire = open(stage.app.url, caller)
        const mismatches = await run(wire, index)
        wire.close()
        found.push(...mismatches.map((one) => ({ ...one, credential: caller.credential, over: wire.name })))
      }
    }
    return found
  }

  it.each(CAST)(
    '$name sees the fields that the table opens, and no others',
    async (who) => {
      const found = await onBoth(who, async (wire, index) => {
        const actor = stage.actors.get(who)?.[index]
        if (actor === undefined) return []
        // The transports share all that is behind them: the other organizations are asked for over one, and with the
        // credentials that reach furthest.
        const far = wire.name === 'HTTP' && FAR.includes(actor.caller.credential)
        const elsewhere = far ? [...fields.sub, ...fields.stranger] : []
        // Who the caller is leaves nothing of an answer to nobody: that is asked for below.
        const own = actor.caller.bearer === null ? [] : ownFieldCases(actor.own, stage.places[who.place])
        const cases = [...fields.root, ...elsewhere, ...own]
        fieldCount += cases.length
        for (const { row } of cases) asked.add(row)
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
    '$name does what the table allows, and nothing else',
    async (who) => {
      const before = await eventTypes()
      const found = await onBoth(who, async (wire, index) => {
        const caller = stage.actors.get(who)?.[index]?.caller
        if (caller === undefined) return []
        const far = wire.name === 'HTTP' && FAR.includes(caller.credential)
        const cases = [...mutations.root, ...(far ? mutations.stranger : [])]
        mutationCount += cases.length
        for (const { row } of cases) asked.add(row)
        return judgeMutations(wire, caller, cases)
      })
      expect(found).toEqual([])
      const removes = who.grants.some((grant) => ['*:owner', 'members:manager'].includes(grant))
      const changed = [...(await eventTypes())].filter(([type, count]) => count !== before.get(type))
      expect(changed.filter(([type]) => !(removes && OF_REMOVALS.includes(type)))).toEqual([])
    },
    240_000,
  )

  it('nobody in particular is told that they must say who they are', async () => {
    const { data, errors } = await stage.app.anonymous.send('{ viewer { kind } }')
    expect({ data, code: errors?.[0]?.extensions.code }).toEqual({ data: null, code: 'UNAUTHENTICATED' })
  })

  it('has asked for every row, but for what only a change answers with, and what is live', () => {
    const left = Object.keys(TABLE).filter((row) => !asked.has(row))
    const isLive = (row: string) => row.startsWith('Subscription.') || row.startsWith('Revocation.')
    expect(left.filter((row) => !isLive(row) && !/Payload\./.test(row) && !/^(Query|AccessToken)\./.test(row))).toEqual(
      [],
    )
  })
})
