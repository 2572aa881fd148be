import { hash } from 'node:crypto'

/** The form of an invitation token. */
export const INVITATION_TOKEN_SHAPE = /^kt_inv_[A-Za-z0-9_-]{43}$/

/** What the database stores of an invitation token: its SHA-256 in hex. */
export const hashInvitationToken = (token: string): string => hash('sha256', token, 'hex')
