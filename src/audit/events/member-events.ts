import { z } from 'zod'
import { formatGrant, type Grant } from '../../kernel/grants.ts'
import { instantText } from '../../kernel/instant.ts'
import { changeOf, texts } from './detail-fields.ts'
import type { Change, Draft } from './event-draft.ts'
import { LEAK_PLACE_DETAILS, type LeakPlace, leakPlaceDetails } from './leak-place.ts'

/** Details of the events about members and invitations. Consumers find the person by `userId`; the target is the membership. */
export const MEMBER_EVENT_DETAILS = {
  MEMBER_INVITED: z.union([
    z.object({
      email: z.string(),
      revoked: z.literal(true),
      reason: z.literal('leaked'),
      ...LEAK_PLACE_DETAILS,
    }),
    z.object({ email: z.string(), revoked: z.literal(true), reason: z.exactOptional(z.literal('inviter-lost-right')) }),
    z.object({ email: z.string(), grants: texts, expiresAt: z.string() }),
  ]),
  MEMBER_JOINED: z.object({ userId: z.string(), grants: texts }),
  MEMBER_UPDATED: z.object({ userId: z.string(), grants: changeOf(texts) }),
  MEMBER_REMOVED: z.object({ userId: z.string(), revokedKeyIds: texts, createdApiKeys: z.exactOptional(z.number()) }),
} as const

type Details = { readonly [Type in keyof typeof MEMBER_EVENT_DETAILS]: z.infer<(typeof MEMBER_EVENT_DETAILS)[Type]> }
type MemberEvent<Type extends keyof Details> = Draft<Type, Details[Type]>

interface Invitation {
  readonly id: string
  readonly email: string
}

/** A membership and its person. */
interface Membership {
  readonly id: string
}
interface Person {
  readonly id: string
  readonly name: string
}

export const memberInvited = (
  invitation: Invitation & { readonly grants: readonly Grant[]; readonly expiresAt: Date },
): MemberEvent<'MEMBER_INVITED'> => ({
  type: 'MEMBER_INVITED',
  target: { id: invitation.id, name: invitation.email },
  details: {
    email: invitation.email,
    grants: invitation.grants.map(formatGrant),
    expiresAt: instantText(invitation.expiresAt),
  },
})

export const invitationRevoked = (invitation: Invitation): MemberEvent<'MEMBER_INVITED'> => ({
  type: 'MEMBER_INVITED',
  target: { id: invitation.id, name: invitation.email },
  details: { email: invitation.email, revoked: true },
})

/** The inviter may no longer give the grants of the invitation, so it ended when it was to be accepted. */
export const invitationEnded = (invitation: Invitation): MemberEvent<'MEMBER_INVITED'> => ({
  type: 'MEMBER_INVITED',
  target: { id: invitation.id, name: invitation.email },
  details: { email: invitation.email, revoked: true, reason: 'inviter-lost-right' },
})

/** The token of the invitation was found in a public place. */
export const invitationLeaked = (invitation: Invitation, place: LeakPlace): MemberEvent<'MEMBER_INVITED'> => ({
  type: 'MEMBER_INVITED',
  target: { id: invitation.id, name: invitation.email },
  details: { email: invitation.email, revoked: true, reason: 'leaked', ...leakPlaceDetails(place) },
})

export const memberJoined = (
  member: Membership & { readonly grants: readonly Grant[] },
  user: Person,
): MemberEvent<'MEMBER_JOINED'> => ({
  type: 'MEMBER_JOINED',
  target: { id: member.id, name: user.name },
  details: { userId: user.id, grants: member.grants.map(formatGrant) },
})

export const memberUpdated = (
  member: Membership,
  user: Person,
  grants: Change<readonly Grant[]>,
): MemberEvent<'MEMBER_UPDATED'> => ({
  type: 'MEMBER_UPDATED',
  target: { id: member.id, name: user.name },
  details: { userId: user.id, grants: { from: grants.from.map(formatGrant), to: grants.to.map(formatGrant) } },
})

/** @param createdApiKeys how many active API keys the member had created: they stay active */
export const memberRemoved = (
  member: Membership,
  user: Person,
  revokedKeyIds: readonly string[],
  createdApiKeys: number,
): MemberEvent<'MEMBER_REMOVED'> => ({
  type: 'MEMBER_REMOVED',
  target: { id: member.id, name: user.name },
  details: { userId: user.id, revokedKeyIds: [...revokedKeyIds], createdApiKeys },
})
