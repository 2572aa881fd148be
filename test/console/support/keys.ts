import { CreateApiKeyDocument, type CreateApiKeyInput, ExchangeKeyDocument } from '../../../src/generated/graphql.ts'
import type { TestClient } from '../../support/client.ts'

export interface MadeKey {
  readonly id: string
  readonly secret: string
}

/** Creates an API key that may see keys, or what the input says. */
export const makeKey = async (
  client: TestClient,
  input: Pick<CreateApiKeyInput, 'organizationId' | 'name'> & Partial<CreateApiKeyInput>,
): Promise<MadeKey> => {
  const grants = [{ module: 'keys', role: 'VIEWER' as const }]
  const { createApiKey } = await client.run(CreateApiKeyDocument, { input: { grants, ...input } })
  return { id: createApiKey.apiKey.id, secret: createApiKey.secret }
}

/** Uses a secret as a program does: exchanges it for an access token. The answer is the code of the refusal, or null. */
export const useSecret = async (client: TestClient, secret: string, userAgent = 'test'): Promise<string | null> => {
  const { errors } = await client
    .with(null)
    .send(ExchangeKeyDocument.toString(), { input: { secret } }, { 'user-agent': userAgent })
  return errors?.[0]?.extensions.code ?? null
}
