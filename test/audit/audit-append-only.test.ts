import { beforeAll, describe, expect, it } from 'vitest'
import { historyOf } from '../support/audit-chain.ts'
import { boot, useApp } from '../support/boot.ts'
import { ENGINES, ON_POSTGRES } from '../support/engines.ts'

const COLUMNS =
  'organization_id, sequence, id, type, occurred_at, actor_kind, actor_id, actor_name, target_id, target_name, details, ' +
  'request_id, ip_address, user_agent, previous_hash, hash'

const ON_BOTH: readonly [what: string, statement: string][] = [
  ['an update', "UPDATE audit_events SET actor_name = 'somebody else' WHERE sequence = 1"],
  ['an update that changes nothing', 'UPDATE audit_events SET hash = hash'],
  ['a deletion', 'DELETE FROM audit_events WHERE sequence = 1'],
  ['a deletion of all', 'DELETE FROM audit_events'],
  [
    'an update in the clothes of an insertion',
    `INSERT INTO audit_events (${COLUMNS}) SELECT ${COLUMNS} FROM audit_events WHERE sequence = 1
     ON CONFLICT (organization_id, sequence) DO UPDATE SET actor_name = 'somebody else'`,
  ],
]
const ON_ONE: Record<'sqlite' | 'postgres', typeof ON_BOTH> = {
  postgres: [['an emptying', 'TRUNCATE audit_events']],
  sqlite: [
    [
      'a row in the place of another',
      `INSERT OR REPLACE INTO audit_events (${COLUMNS})
       SELECT ${COLUMNS.replace('actor_name', "'somebody else'")} FROM audit_events WHERE sequence = 1`,
    ],
    [
      'a row with the id of another',
      `REPLACE INTO audit_events (${COLUMNS})
       SELECT ${COLUMNS.replace('sequence', '99')} FROM audit_events WHERE sequence = 1`,
    ],
    ['a replacing update', 'UPDATE OR REPLACE audit_events SET sequence = 1 WHERE sequence = 2'],
  ],
}

describe.each(ENGINES)('the table of audit events on %s', (engine) => {
  const app = useApp({ engine })

  it.each([...ON_BOTH, ...ON_ONE[engine]])('rejects %s, whoever uses the connection', async (_what, statement) => {
    const before = await historyOf(app.owner, app.organizationId)
    await expect(app.app.parts.sources.writing.query(statement)).rejects.toThrow('the audit history is append-only')
    expect(await historyOf(app.owner, app.organizationId)).toEqual(before)
  })
})

describe.each(ENGINES)('the tables of checkpoints and their keys on %s', (engine) => {
  const app = useApp({ engine })
  beforeAll(async () => {
    await app.app.parts.services.checkpoints.store(app.organizationId)
  })

  it.each([
    'UPDATE audit_checkpoints SET hash = hash',
    'DELETE FROM audit_checkpoints',
    "UPDATE checkpoint_keys SET public_jwk = '{}'",
    'DELETE FROM checkpoint_keys',
    ...(engine === 'postgres'
      ? ['TRUNCATE audit_checkpoints', 'TRUNCATE checkpoint_keys']
      : [
          'INSERT OR REPLACE INTO audit_checkpoints SELECT * FROM audit_checkpoints',
          'INSERT OR REPLACE INTO checkpoint_keys SELECT * FROM checkpoint_keys',
        ]),
  ])('reject "%s", whoever uses the connection', async (statement) => {
    const query = app.app.parts.sources.writing.query.bind(app.app.parts.sources.writing)
    const rows = async () => [
      await query('SELECT * FROM audit_checkpoints ORDER BY number'),
      await query('SELECT * FROM checkpoint_keys ORDER BY id'),
    ]
    const before = await rows()
    expect(before.map(({ length }) => length)).toEqual([1, 1])
    await expect(query(statement)).rejects.toThrow(/append-only|kept for ever/)
    expect(await rows()).toEqual(before)
  })
})

describe.each(ON_POSTGRES)('the triggers on postgres', () => {
  it('reject a change even if it matches no row', async () => {
    const app = await boot({ engine: 'postgres' })
    await expect(app.app.parts.sources.writing.query('DELETE FROM audit_events WHERE 1 = 0')).rejects.toThrow(
      'append-only',
    )
    await app.close()
  })
})
