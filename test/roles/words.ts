import type { Condition, Rule } from './rules.ts'

const KINDS = { API_KEY: 'API keys', PERSONAL_ACCESS_KEY: 'personal keys' } as const

const presenting = ({ by }: { readonly by?: 'secret or sign-in' }): string =>
  by === undefined ? '' : ', not by a token'

const ofCondition = (condition: Condition): string => {
  switch (condition.who) {
    case 'anyone':
      return 'anyone'
    case 'caller':
      return 'callers with a valid credential'
    case 'member':
      return 'members of the organization'
    case 'person':
      return `members of the organization, as people${presenting(condition)}`
    case 'reader':
      return 'callers who can read the object'
    case 'owner':
      return `the owner of the personal key${presenting(condition)}`
    case 'itself':
      return `the key itself${condition.covering === undefined ? '' : ', not narrowed'}${presenting(condition)}`
    case 'that user':
      return `that user${presenting(condition)}`
    case 'holder': {
      const kind = condition.kind === undefined ? '' : ` for ${KINDS[condition.kind]}`
      const made = condition.made === undefined ? '' : ' that the caller created'
      const covering = condition.covering === undefined ? '' : ' whose grants theirs cover'
      return `\`${condition.grant}\`${kind}${made}${covering}`
    }
  }
}

/** A rule in plain words. */
export const inWords = ({ any, note }: Rule): string => {
  const ways = any.map(ofCondition).join('; or ')
  return note === undefined ? ways : `${ways} (${note})`
}
