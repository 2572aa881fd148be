import { randomUUID } from 'node:crypto'
import { causeOf } from '../../src/audit/caller.ts'
import type { TestApp } from './boot.ts'

const AT_ONCE = 50

/** Creates many keys of the owner's organization, without requests. Returns their ids and secrets. */
export const manyKeys = async (app: TestApp, count: number): Promise<{ id: string; secret: string }[]> => {
  const { verifier, services } = app.app.parts
  const verification = await verifier.verify(app.ownerSecret, null)
  if (!verification.valid) throw new Error('The secret of the owner is not valid.')
  const { principal } = verification.verified
  const caller = { principal, cause: causeOf(principal, { requestId: 'test', ipAddress: null, userAgent: null }) }
  const keys: { id: string; secret: string }[] = []
  while (keys.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - keys.length) }, () =>
      services.createKey.createApiKey(caller, {
        organizationId: app.organizationId,
        name: `key ${randomUUID()}`,
        grants: [],
      }),
    )
    keys.push(...(await Promise.all(some)).map(({ key, secret }) => ({ id: key.id, secret })))
  }
  return keys
}
