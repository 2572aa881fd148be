import { KeyHistoryDocument } from '../../src/generated/graphql.ts'
import type { TestApp } from './boot.ts'

/** The newest hundred events about a key, oldest first, as the owner of the service reads them. */
export const historyOf = async (app: TestApp, keyId: string) => {
  const { key } = await app.owner.run(KeyHistoryDocument, { id: keyId, first: 100 })
  return (key?.history?.edges ?? []).map(({ node }) => node).reverse()
}

/** What kinds of events there are about a key, oldest first. */
export const typesOf = async (app: TestApp, keyId: string): Promise<string[]> =>
  (await historyOf(app, keyId)).map(({ type }) => type)

/** How far every organization's history goes. Where it is the same before and after, nothing was changed in between. */
export const headsOf = (app: TestApp): Promise<unknown[]> =>
  app.app.parts.services.database.read((reader) =>
    reader.query('SELECT organization_id, sequence, hash FROM audit_heads ORDER BY organization_id'),
  )

/** The newest change in every organization's history. A refusal has an event too, but changes nothing. */
export const changesIn = (app: TestApp): Promise<unknown[]> =>
  app.app.parts.services.database.read((reader) =>
    reader.query(
      `SELECT organization_id, MAX(sequence) AS sequence FROM audit_events
       WHERE type <> 'ACCESS_DENIED' GROUP BY organization_id ORDER BY organization_id`,
    ),
  )
