import { CreateApiKeyDocument, CreatePersonalAccessKeyDocument } from '../../src/generated/graphql.ts'
import type { TestApp } from './boot.ts'
import type { TestClient } from './client.ts'

/** Creates keys with names of their own, and returns their ids with clients that use them. */
export const numberedKeys = (app: TestApp) => {
  let count = 0
  return async (client: TestClient, kind: 'API_KEY' | 'PERSONAL_ACCESS_KEY' = 'API_KEY') => {
    count += 1
    const input = { organizationId: app.organizationId, name: `key ${count}` }
    if (kind === 'PERSONAL_ACCESS_KEY') {
      const { createPersonalAccessKey: made } = await client.run(CreatePersonalAccessKeyDocument, { input })
      return { id: made.personalAccessKey.id, client: app.anonymous.with(made.secret) }
    }
    const { createApiKey: made } = await client.run(CreateApiKeyDocument, { input: { ...input, grants: [] } })
    return { id: made.apiKey.id, client: app.anonymous.with(made.secret) }
  }
}
