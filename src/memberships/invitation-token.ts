import { hash } from 'node:crypto'

/** An invitation token, as a part of a regular expression. */
export const INVITATION_TOKEN_PATTERN = 'kt_inv_[0-9A-Za-z_-]{43}'

/** The form of an invitation token. */
export const INVITATION_TOKEN_SHAPE = new RegExp(`^${INVITATION_TOKEN_PATTERN}$`)

/** Id of the scanner rule for invitation tokens. GitLab's reports contain it. */
export const INVITATION_RULE_ID = 'keyturn-invitation-token'

/** What the database stores of an invitation token: its SHA-256 in hex. */
export const hashInvitationToken = (token: string): string => hash('sha256', token, 'hex')
