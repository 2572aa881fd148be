import type { Condition, Rule } from './rules.ts'
import { OBJECTS, TABLE } from './table.ts'

/** A grant as `module:role`, the way that the table and errors write it. */
export type GrantText = string

/** A caller as the test set it up. What they may do is computed from this alone, never asked of the service. */
export interface Caller {
  readonly name: string
  /** How they show who they are. */
  readonly credential: string
  /** What goes behind `Bearer`; null for nobody in particular. */
  readonly bearer: string | null
  readonly userId: string | null
  /** False for an access token: it has its scope, and nothing from being the key or its owner. */
  readonly ownPowers: boolean
  /** The key that was used, itself or through a token. */
  readonly keyId: string | null
  readonly holdings: readonly { readonly organizationId: string; readonly grants: readonly GrantText[] }[]
  /** What the credential was narrowed to; null for everything. */
  readonly narrowedTo: readonly GrantText[] | null
  /** The organization in which, and below which, the credential is valid; null for everywhere. */
  readonly within: string | null
  /** False for a credential that is expired, revoked or suspended, and for none. */
  readonly good: boolean
}

/** What the rules ask of an object. */
export interface Target {
  /** Ids of the object's organization and of those above it; null for the caller as an object. */
  readonly path: readonly string[] | null
  readonly key?: {
    readonly id: string
    readonly kind: 'API_KEY' | 'PERSONAL_ACCESS_KEY'
    readonly ownerId: string | null
    readonly createdById: string
    /** null for a personal key that was not narrowed. */
    readonly grants: readonly GrantText[] | null
  }
  readonly userId?: string
  /** Paths of the organizations below, in which a person is shown as an inherited member. */
  readonly below?: readonly (readonly string[])[]
}

/** What is a caller's own. */
export interface Own {
  /** The key that calls, or the first one of the person who does. */
  readonly key: Target
  /** The person, or the one whose API key it is in this test. */
  readonly user: Target
  /** A console session of theirs. */
  readonly session: { readonly id: string; readonly target: Target }
  /** A personal key of theirs that they suspended. */
  readonly suspended: Target
  /** An API key that they made, where they may make some. */
  readonly made: Target | null
  /** Another one that they made, and suspended. */
  readonly madeSuspended: Target | null
}

export type Verdict =
  | { readonly open: true }
  | { readonly open: false; readonly code: 'NOT_FOUND' | 'UNAUTHENTICATED' }
  | { readonly open: false; readonly code: 'FORBIDDEN'; readonly required: readonly GrantText[] }

const OPEN: Verdict = { open: true }
const RANKS = ['viewer', 'operator', 'manager', 'owner']
const parsed = new Map<GrantText, readonly [module: string, rank: number]>()
/** Module and rank of a grant. The oracle decides millions of times, about few grants. */
const split = (grant: GrantText): readonly [module: string, rank: number] => {
  const known = parsed.get(grant)
  if (known !== undefined) return known
  const [module = '', role = ''] = grant.split(':')
  const pair = [module, RANKS.indexOf(role)] as const
  parsed.set(grant, pair)
  return pair
}

/** Whether one of the grants includes another. */
const include = (grants: readonly GrantText[], wanted: GrantText): boolean => {
  const [module, rank] = split(wanted)
  return grants.some((grant) => {
    const [held, heldRank] = split(grant)
    return (held === module || held === '*') && heldRank >= rank
  })
}

const holds = (caller: Caller, path: readonly string[], grant: GrantText): boolean =>
  caller.holdings.some((holding) => path.includes(holding.organizationId) && include(holding.grants, grant)) &&
  (caller.narrowedTo === null || include(caller.narrowedTo, grant))

const belongs = (caller: Caller, path: readonly string[]): boolean =>
  (caller.within === null || path.includes(caller.within)) &&
  caller.holdings.some((holding) => path.includes(holding.organizationId))

const owns = (caller: Caller, target: Target): boolean =>
  caller.userId !== null && target.key?.ownerId === caller.userId

/** What the key carries, or may come to carry, beyond what the caller's credential was narrowed to. */
const tooWide = ({ narrowedTo }: Caller, { key }: Target): readonly GrantText[] =>
  narrowedTo === null ? [] : (key?.grants ?? ['*:owner']).filter((grant) => !include(narrowedTo, grant))

/** What keeps the caller from holding the key: nobody gets more than they hold. */
const lacking = (caller: Caller, target: Target): readonly GrantText[] => {
  const wide = tooWide(caller, target)
  if (wide.length > 0) return wide
  return (target.key?.grants ?? []).filter((grant) => !holds(caller, target.path ?? [], grant))
}

const applies = (condition: Condition, { key }: Target, caller: Caller): boolean => {
  if (condition.who !== 'holder') return true
  if (condition.kind !== undefined && condition.kind !== key?.kind) return false
  return condition.made === undefined || key?.createdById === (caller.userId ?? caller.keyId)
}

/** Whether the caller is who the condition speaks of, whatever the key carries. */
const isMeant = (condition: Condition, caller: Caller, target: Target): boolean => {
  if ('by' in condition && condition.by !== undefined && !caller.ownPowers) return false
  switch (condition.who) {
    case 'anyone':
    case 'caller':
    case 'member':
    case 'reader':
      return true
    case 'person':
      return caller.userId !== null
    case 'owner':
      return owns(caller, target)
    case 'itself':
      return caller.keyId !== null && caller.keyId === target.key?.id
    case 'that user':
      return caller.userId !== null && caller.userId === target.userId
    case 'holder':
      return holds(caller, target.path ?? [], condition.grant)
  }
}

const coversAsDemanded = (condition: Condition, caller: Caller, target: Target): boolean => {
  if (!('covering' in condition) || condition.covering === undefined) return true
  return (condition.who === 'itself' ? tooWide(caller, target) : lacking(caller, target)).length === 0
}

/** What the rule says of the caller and the object. */
const decide = (rule: Rule, caller: Caller, target: Target): Verdict => {
  if (rule.any.some(({ who }) => who === 'anyone')) return OPEN
  const { below = [], ...single } = target
  if (below.some((path) => decide(rule, caller, { ...single, path }).open)) return OPEN
  if (!caller.good) return { open: false, code: 'UNAUTHENTICATED' }
  if (target.path !== null && !belongs(caller, target.path)) return { open: false, code: 'NOT_FOUND' }
  const ways = rule.any.filter((condition) => applies(condition, target, caller))
  // A token never takes its own key over, whatever grants it carries.
  const itself = rule.any.some((condition) => condition.who === 'itself' && condition.by !== undefined)
  if (itself && !caller.ownPowers && caller.keyId !== null && caller.keyId === target.key?.id)
    return { open: false, code: 'FORBIDDEN', required: [] }
  const meant = ways.filter((condition) => isMeant(condition, caller, target))
  if (meant.some((condition) => coversAsDemanded(condition, caller, target))) return OPEN
  if (meant.length > 0) return { open: false, code: 'FORBIDDEN', required: lacking(caller, target) }
  const grants = ways.flatMap((condition) => (condition.who === 'holder' ? [condition.grant] : []))
  // If the caller created the key, less is enough, and the error says so.
  const made = ways.find((condition) => condition.who === 'holder' && condition.made !== undefined)
  return { open: false, code: 'FORBIDDEN', required: made === undefined ? grants : grants.slice(0, 1) }
}

/** The same of a row of the table. */
export const decideRow = (row: string, caller: Caller, target: Target): Verdict => {
  const rule = TABLE[row]
  if (rule === undefined) throw new Error(`There is no row ${row}.`)
  return decide(rule, caller, target)
}

/** Whether an object of a type is there for the caller at all. */
export const decideObject = (type: string, caller: Caller, target: Target): Verdict => {
  const rule = OBJECTS[type]
  if (rule === undefined) return decide({ any: [{ who: 'caller' }] }, caller, target)
  const verdict = decide(rule, caller, target)
  // Callers who may not see a person or a session do not learn that it exists.
  return ['User', 'Session'].includes(type) && !verdict.open && verdict.code === 'FORBIDDEN'
    ? { open: false, code: 'NOT_FOUND' }
    : verdict
}
