import { EntitySchema } from 'typeorm'
import type { ActorKind } from '../audit/audit-event.ts'
import type { Grant } from '../kernel/grants.ts'
import * as column from '../persistence/columns.ts'

export interface UserRow {
  id: string
  name: string
  /** Lower case. */
  email: string
  /** May create root organizations. */
  serverOwner: boolean
  createdAt: Date
}

export const UserEntity = new EntitySchema<UserRow>({
  name: 'User',
  tableName: 'users',
  columns: {
    id: column.id('id', { primary: true }),
    name: column.text('name', 100),
    email: column.text('email', 320),
    serverOwner: column.flag('server_owner'),
    createdAt: column.instant('created_at'),
  },
  indices: [{ name: 'users_email', columns: ['email'], unique: true }],
})

export interface MemberRow {
  id: string
  organizationId: string
  userId: string
  grants: readonly Grant[]
  joinedAt: Date
}

export const MemberEntity = new EntitySchema<MemberRow>({
  name: 'Member',
  tableName: 'members',
  columns: {
    id: column.id('id', { primary: true }),
    organizationId: column.id('organization_id'),
    userId: column.id('user_id'),
    grants: column.json('grants'),
    joinedAt: column.instant('joined_at'),
  },
  indices: [
    { name: 'members_user', columns: ['organizationId', 'userId'], unique: true },
    { name: 'members_by_user', columns: ['userId'] },
    { name: 'members_joined', columns: ['organizationId', 'joinedAt', 'id'] },
  ],
})

export interface InvitationRow {
  id: string
  organizationId: string
  email: string
  grants: readonly Grant[]
  /** SHA-256, hex, of the invitation token. */
  tokenHash: string
  invitedByKind: ActorKind
  invitedById: string | null
  /** The key that the inviter used, directly or through a token; null for a sign-in at the identity provider. */
  invitedWithKeyId: string | null
  createdAt: Date
  expiresAt: Date
  acceptedAt: Date | null
  revokedAt: Date | null
}

export const InvitationEntity = new EntitySchema<InvitationRow>({
  name: 'Invitation',
  tableName: 'invitations',
  columns: {
    id: column.id('id', { primary: true }),
    organizationId: column.id('organization_id'),
    email: column.text('email', 320),
    grants: column.json('grants'),
    tokenHash: column.text('token_hash', 64),
    invitedByKind: column.text('invited_by_kind', 10),
    invitedById: column.id('invited_by_id', { nullable: true }),
    invitedWithKeyId: column.id('invited_with_key_id', { nullable: true }),
    createdAt: column.instant('created_at'),
    expiresAt: column.instant('expires_at'),
    acceptedAt: column.instant('accepted_at', { nullable: true }),
    revokedAt: column.instant('revoked_at', { nullable: true }),
  },
  indices: [
    { name: 'invitations_token', columns: ['tokenHash'], unique: true },
    { name: 'invitations_email', columns: ['organizationId', 'email'] },
  ],
})

/** Messages for violations of unique indexes by concurrent changes. */
export const membershipConflicts = {
  members_user: 'This person is already a member of the organization.',
  users_email: 'Another user already has this e-mail address: choose another.',
}

/** The tables of this folder. */
export const membershipEntities = [UserEntity, MemberEntity, InvitationEntity]
