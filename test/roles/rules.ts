/** One way to be let in. A rule lists several; any of them is enough. */
export type Condition =
  /** Without any credential. */
  | { readonly who: 'anyone' }
  /** Every caller with a valid credential. */
  | { readonly who: 'caller' }
  /** Callers who belong to the object's organization, or to one above it. */
  | { readonly who: 'member' }
  /** The same, of people alone. */
  | { readonly who: 'person'; readonly by?: 'secret or sign-in' }
  /** Callers who can read the object of the field, or the object that it leads to. */
  | { readonly who: 'reader' }
  /** Callers with a grant in the object's organization, or in one above it. */
  | GrantCondition
  /** The owner of a personal access key. */
  | { readonly who: 'owner'; readonly covering?: true; readonly by?: 'secret or sign-in' }
  /** The key that calls, itself or through a token made from it. */
  | { readonly who: 'itself'; readonly covering?: 'unless narrowed'; readonly by?: 'secret or sign-in' }
  /** The user that the object is. */
  | { readonly who: 'that user'; readonly by?: 'secret or sign-in' }

export interface GrantCondition {
  readonly who: 'holder'
  /** `module:role`. */
  readonly grant: string
  /** For keys of this kind alone. */
  readonly kind?: 'API_KEY' | 'PERSONAL_ACCESS_KEY'
  /** For keys that the caller made, and no others. */
  readonly made?: 'by the caller'
  /** The caller's own grants must cover those of the key. */
  readonly covering?: true
}

export interface Rule {
  readonly any: readonly Condition[]
  /** What the conditions do not say. */
  readonly note?: string
}

const rule = (...any: readonly Condition[]): Rule => ({ any })
const holder = (grant: string, more: Omit<GrantCondition, 'who' | 'grant'> = {}): Condition => ({
  who: 'holder',
  grant,
  ...more,
})

export const anyone = (): Rule => rule({ who: 'anyone' })
export const caller = (): Rule => rule({ who: 'caller' })
export const members = (): Rule => rule({ who: 'member' })
export const people = (): Rule => rule({ who: 'person', by: 'secret or sign-in' })
/** A grant, or to be a person there, for what each of them has something of their own in. */
export const mayOrPeople = (grant: string): Rule => rule(holder(grant), { who: 'person' })
export const theObject = (): Rule => rule({ who: 'reader' })
export const may = (grant: string): Rule => rule(holder(grant))
/** A grant, or to own the personal key that it is about. */
export const mayOrOwner = (grant: string): Rule => rule(holder(grant), { who: 'owner' })
/** The person that it is about, and nobody else. */
export const thatUser = (): Rule => rule({ who: 'that user', by: 'secret or sign-in' })
export const mayOrThatUser = (grant: string): Rule => rule(holder(grant), { who: 'that user' })

/** API keys are read with one grant, personal ones with another; a key can read itself, and people their own keys. */
export const keyReaders = (): Rule =>
  rule(
    holder('keys:viewer', { kind: 'API_KEY' }),
    holder('keys:manager', { kind: 'PERSONAL_ACCESS_KEY' }),
    { who: 'owner' },
    { who: 'itself' },
  )
/** Who may change what a key is. */
export const keyChangers = (): Rule =>
  rule(holder('keys:operator', { kind: 'API_KEY', covering: true }), {
    who: 'owner',
    covering: true,
    by: 'secret or sign-in',
  })
/** Who may hold a new secret of it. */
export const keyRotators = (): Rule =>
  rule(...keyChangers().any, { who: 'itself', covering: 'unless narrowed', by: 'secret or sign-in' })
/** Who may suspend or revoke it. */
export const keyEnders = (): Rule =>
  rule(
    holder('keys:operator', { kind: 'API_KEY', made: 'by the caller' }),
    holder('keys:manager'),
    { who: 'owner', by: 'secret or sign-in' },
    { who: 'itself' },
  )

export const noting = (noted: Rule, note: string): Rule => ({ ...noted, note })
