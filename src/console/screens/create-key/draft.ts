import type { CreateApiKeyInput, CreatePersonalAccessKeyInput } from '../../generated/graphql.ts'
import type { ExpiryChoice, ExpiryResult } from '../../keys/expiry.ts'
import { type ChosenGrants, grantsOf } from '../../keys/grantable.ts'
import { rangesFault, splitRanges } from '../../keys/ranges.ts'

export type DraftKind = 'api' | 'personal'

/** The form as filled in so far. */
export interface Draft {
  readonly kind: DraftKind
  readonly name: string
  readonly description: string
  /** Empty: the organization owns the key. */
  readonly projectId: string
  readonly grants: ChosenGrants
  /** Of a personal key: all that its owner may do, at any time. */
  readonly everything: boolean
  readonly expiry: ExpiryChoice
  readonly ranges: string
}

/** What is wrong with a draft, by field. */
export interface Faults {
  readonly name?: string
  readonly description?: string
  readonly grants?: string
  readonly expiry?: string
  readonly ranges?: string
}

const LONGEST_NAME = 100
const LONGEST_DESCRIPTION = 1000

const nameFault = (name: string): string | undefined => {
  if (name.trim() === '') return 'Enter a name.'
  return name.trim().length > LONGEST_NAME ? `At most ${LONGEST_NAME} characters.` : undefined
}

const grantsFault = ({ kind, everything, grants }: Draft): string | undefined =>
  (kind === 'personal' && everything) || Object.keys(grants).length > 0 ? undefined : 'Choose at least one role.'

/** Everything that the server would refuse and that can be known before. */
export const faultsOf = (draft: Draft, expiry: ExpiryResult): Faults => {
  const faults = {
    name: nameFault(draft.name),
    description:
      draft.description.length > LONGEST_DESCRIPTION ? `At most ${LONGEST_DESCRIPTION} characters.` : undefined,
    grants: grantsFault(draft),
    expiry: expiry.kind === 'fault' ? expiry.message : undefined,
    ranges: rangesFault(draft.ranges) ?? undefined,
  }
  return Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault !== undefined))
}

const commonOf = (draft: Draft, organizationId: string, expiry: Exclude<ExpiryResult, { kind: 'fault' }>) => {
  const allowedIps = splitRanges(draft.ranges)
  const description = draft.description.trim()
  return {
    organizationId,
    name: draft.name.trim(),
    ...(description !== '' && { description }),
    ...(allowedIps.length > 0 && { allowedIps }),
    ...expiry.input,
  }
}

/** The draft as the input of createApiKey. */
export const apiKeyInput = (...args: Parameters<typeof commonOf>): CreateApiKeyInput => {
  const [draft] = args
  return {
    ...commonOf(...args),
    ...(draft.projectId !== '' && { projectId: draft.projectId }),
    grants: grantsOf(draft.grants),
  }
}

/** The draft as the input of createPersonalAccessKey. */
export const personalKeyInput = (...args: Parameters<typeof commonOf>): CreatePersonalAccessKeyInput => {
  const [draft] = args
  return { ...commonOf(...args), ...(!draft.everything && { grants: grantsOf(draft.grants) }) }
}
