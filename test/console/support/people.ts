import { AcceptInvitationDocument, type GrantInput, InviteMemberDocument } from '../../../src/generated/graphql.ts'
import type { TestClient } from '../../support/client.ts'

/** Somebody who sits in front of a browser. */
export interface Person {
  readonly name: string
  readonly userId: string
  readonly keyId: string
  /** Their personal access key, which signs them in. */
  readonly secret: string
  readonly client: TestClient
}

/** Invites somebody with these grants, and lets them join. */
export const join = async (
  inviter: TestClient,
  organizationId: string,
  name: string,
  grants: readonly GrantInput[],
): Promise<Person> => {
  const email = `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}@example.com`
  const { inviteMember } = await inviter.run(InviteMemberDocument, {
    input: { organizationId, email, grants: [...grants] },
  })
  const { invitationToken } = inviteMember
  const { acceptInvitation } = await inviter
    .with(null)
    .run(AcceptInvitationDocument, { input: { invitationToken, name } })
  const { user, personalAccessKey, secret } = acceptInvitation
  return { name, userId: user.id, keyId: personalAccessKey.id, secret, client: inviter.with(secret) }
}
