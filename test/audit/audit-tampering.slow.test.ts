import { decodeJwt } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { verifyAuditLog } from '../../src/audit/audit-verification.ts'
import { AuditVerificationDocument } from '../../src/generated/graphql.ts'
import { newId } from '../../src/kernel/ids.ts'
import { faultsOf, historyOf, pageOf } from '../support/audit-chain.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import {
  cutTail,
  forge,
  rehash,
  setHead,
  shift,
  swap,
  type Target,
  tamperWith,
  victimOf,
} from '../support/tampering.ts'

const LAST = 6

describe.each(ENGINES)('tampering with the audit log on %s', (engine) => {
  const app = useApp({ engine })

  /** An organization of its own for each case, with six events. */
  const victim = async (): Promise<Target> => {
    const target = await victimOf(app, ['one', 'two', 'three', 'four'])
    expect(target.events.length).toBe(LAST)
    return target
  }
  const verify = async (organizationId: string) => {
    const { organization } = await app.owner.run(AuditVerificationDocument, { organizationId })
    return organization?.auditVerification
  }

  it('is not reported for an intact log', async () => {
    const target = await victim()
    await tamperWith(app.database, [])
    expect(await verify(target.id)).toEqual({
      intact: true,
      baseSequence: 0,
      checkedEvents: LAST,
      firstBrokenSequence: null,
      headHash: target.hash(LAST),
    })
  })

  it.each([
    ['id', "'evt_00000000000040008000000000000000'"],
    ['type', "'KEY_REVOKED'"],
    ['occurred_at', "'2020-01-01T00:00:00.000Z'"],
    ['occurred_at', "'yesterday'"],
    ['actor_kind', "'SYSTEM'"],
    ['actor_id', 'NULL'],
    ['actor_name', "'Somebody else'"],
    ['actor_name', "''"],
    ['credential_id', "'key_00000000000040008000000000000000'"],
    ['credential_id', 'NULL'],
    ['token_id', "'00000000-0000-4000-8000-000000000000'"],
    ['target_id', "'key_00000000000040008000000000000000'"],
    ['target_name', 'NULL'],
    ['details', "'{}'"],
    ['details', `'{"cut off": '`],
    ['details', "''"],
    ['details', "'null'"],
    ['details', "'[]'"],
    ['details', `'{"number": 1e999}'`],
    ['details', String.raw`'{"half a character": "\ud800"}'`],
    ['details', `'${'[['.repeat(50_000)}'`],
    ['request_id', 'NULL'],
    ['ip_address', "'10.0.0.1'"],
    ['user_agent', "'curl'"],
    ['previous_hash', `'${'0'.repeat(64)}'`],
    ['hash', `'${'0'.repeat(64)}'`],
    ['sequence', '99'],
  ])('by an edit of %s is found at the edited event (%s)', async (column, value) => {
    const target = await victim()
    await tamperWith(app.database, [`UPDATE audit_events SET ${column} = ${value} WHERE ${target.at(3)}`])
    expect(await verify(target.id)).toMatchObject({ intact: false, checkedEvents: 2, firstBrokenSequence: 3 })
  })

  it.each<[string, number, (target: Target) => string[]]>([
    ['a deleted event', 3, (t) => [`DELETE FROM audit_events WHERE ${t.at(3)}`]],
    [
      'a deleted event, with the later ones moved up',
      3,
      (t) => [`DELETE FROM audit_events WHERE ${t.at(3)}`, ...shift(t, 4, -1), setHead(t, LAST - 1, t.hash(LAST))],
    ],
    ['a deleted first event', 1, (t) => [`DELETE FROM audit_events WHERE ${t.at(1)}`]],
    ['a deleted last event', LAST, (t) => [`DELETE FROM audit_events WHERE ${t.at(LAST)}`]],
    ['all events deleted', 1, (t) => [`DELETE FROM audit_events WHERE organization_id = '${t.id}'`]],
    ['two events in each other’s place', 3, (t) => swap(t, 3, 4)],
    [
      'two events in each other’s place, with the right hashes before them',
      3,
      (t) => [
        ...swap(t, 3, 4),
        `UPDATE audit_events SET previous_hash = '${t.hash(2)}' WHERE ${t.at(3)}`,
        `UPDATE audit_events SET previous_hash = '${t.hash(3)}' WHERE ${t.at(4)}`,
      ],
    ],
    [
      'a forged event in between',
      4,
      (t) => [...shift(t, 4, 1), forge(t, 3, { sequence: '4' }), setHead(t, LAST + 1, t.hash(LAST))],
    ],
    [
      'a forged event in between, hashed and chained',
      5,
      (t) => {
        const id = newId('event')
        const { hash } = rehash(t, 3, { sequence: 4, id, previousHash: t.hash(3) })
        return [
          ...shift(t, 4, 1),
          forge(t, 3, {
            sequence: '4',
            id: `'${id}'`,
            previous_hash: `'${t.hash(3)}'`,
            hash: `'${hash}'`,
          }),
          setHead(t, LAST + 1, t.hash(LAST)),
        ]
      },
    ],
    ['a forged event behind the last', LAST + 1, (t) => [forge(t, 3, { sequence: String(LAST + 1) })]],
    ['a forged event far behind the last', 1_000, (t) => [forge(t, 3, { sequence: '1000' })]],
    ['a forged event before the first', 0, (t) => [forge(t, 3, { sequence: '0' })]],
    [
      'an edited event, hashed anew',
      4,
      (t) => {
        const { hash } = rehash(t, 3, { actor: { kind: 'SYSTEM', id: null, name: null } })
        return [
          `UPDATE audit_events SET actor_kind = 'SYSTEM', actor_id = NULL, actor_name = NULL, hash = '${hash}' WHERE ${t.at(3)}`,
        ]
      },
    ],
    [
      'an edited last event, hashed anew',
      LAST,
      (t) => {
        const { hash } = rehash(t, LAST, { targetName: 'else' })
        return [`UPDATE audit_events SET target_name = 'else', hash = '${hash}' WHERE ${t.at(LAST)}`]
      },
    ],
    [
      'an edit before another that cannot even be read',
      2,
      (t) => [
        `UPDATE audit_events SET actor_name = 'else' WHERE ${t.at(2)}`,
        `UPDATE audit_events SET details = '{' WHERE ${t.at(4)}`,
      ],
    ],
    ['another head', LAST, (t) => [setHead(t, LAST, '0'.repeat(64))]],
    ['a head too far', LAST + 1, (t) => [setHead(t, LAST + 1, t.hash(LAST))]],
    ['a head set back', 4, (t) => [setHead(t, 3, t.hash(3))]],
    ['a deleted head', 1, (t) => [`DELETE FROM audit_heads WHERE organization_id = '${t.id}'`]],
  ])('by %s is found, at event %i', async (_what, broken, statements) => {
    const target = await victim()
    await tamperWith(app.database, statements(target))
    const found = await verify(target.id)
    expect(found).toMatchObject({ intact: false, firstBrokenSequence: broken })
  })

  it('is not reported for a database that cannot be read', async () => {
    const target = await victim()
    await app.app.parts.services.database.read(async (reader) => {
      const query = vi.spyOn(reader, 'query')
      query
        .mockImplementationOnce(reader.query.bind(reader))
        .mockRejectedValueOnce(new Error('The connection was lost.'))
      query.mockRejectedValue(new Error('The connection was lost.'))
      await expect(verifyAuditLog(reader, target.id, async () => [])).rejects.toThrow('The connection was lost.')
    })
  })

  it('leaves the other events readable, and shows unreadable details as text', async () => {
    const target = await victim()
    await tamperWith(app.database, [`UPDATE audit_events SET details = '{"cut off": ' WHERE ${target.at(3)}`])
    const { edges } = await pageOf(app.owner, target.id)
    const [, , edited, ...rest] = edges.map(({ node }) => node).reverse()
    expect(edited?.details).toEqual({ unreadable: '{"cut off": ' })
    expect(rest).toEqual(target.events.slice(3))
    expect(faultsOf(edges.map(({ node }) => node).reverse(), target.id)).toEqual(['event 3 has another hash'])
  })

  describe('that keeps the chain consistent', () => {
    const checkpointOf = async (id: string) => {
      const { data } = await app.owner.send<{ organization: { auditCheckpoint: { signature: string } } }>(
        'query ($id: ID!) { organization(id: $id) { auditCheckpoint { signature } } }',
        { id },
      )
      return decodeJwt<{ sequence: number; hash: string }>(data?.organization.auditCheckpoint.signature ?? '')
    }
    /** What an auditor does with a checkpoint that was kept elsewhere. */
    const agrees = async (id: string, checkpoint: { sequence: number; hash: string }) =>
      (await historyOf(app.owner, id))[checkpoint.sequence - 1]?.hash === checkpoint.hash

    it.each<[string, (target: Target) => string[]]>([
      ['a tail cut off, with the head set back', (t) => cutTail(t, 4)],
      [
        'the last event edited, hashed anew, with the head',
        (t) => {
          const { hash } = rehash(t, LAST, { targetName: 'else' })
          return [
            `UPDATE audit_events SET target_name = 'else', hash = '${hash}' WHERE ${t.at(LAST)}`,
            setHead(t, LAST, hash),
          ]
        },
      ],
    ])(
      'and was not signed yet is not found in the log itself, but by a stored checkpoint: %s',
      async (_what, statements) => {
        const target = await victim()
        const checkpoint = await checkpointOf(target.id)
        expect(await agrees(target.id, checkpoint)).toBe(true)
        await tamperWith(app.database, statements(target))
        expect(await verify(target.id)).toMatchObject({ intact: true })
        expect(await agrees(target.id, checkpoint)).toBe(false)
      },
    )
  })
})
