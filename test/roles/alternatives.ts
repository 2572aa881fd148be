import type { Verdict } from './oracle.ts'
import type { Condition, GrantCondition, Rule } from './rules.ts'
import { OBJECTS, TABLE } from './table.ts'

/** Something that was asked for in the matrix, and what the table says of it. */
export interface Posed {
  readonly row: string
  readonly verdict: () => Verdict & { readonly path?: readonly string[] }
}

const MODULES = ['keys', 'members', 'audit', 'tokens']
const ROLES = ['viewer', 'operator', 'manager', 'owner']

const holder = (grant: string): Condition => ({ who: 'holder', grant })

/** Nearly the same: a role lower or higher, another module, or without what it demands besides. */
const nearlyHolder = (condition: GrantCondition): Condition[] => {
  const { grant, kind, made, covering } = condition
  const [module = '', role = ''] = grant.split(':')
  const rank = ROLES.indexOf(role)
  const kinds = kind === undefined ? {} : { kind }
  const makers = made === undefined ? {} : { made }
  const covers = covering === undefined ? {} : { covering }
  const near: Condition[] = [
    rank === 0 ? { who: 'member' } : { ...condition, grant: `${module}:${ROLES[rank - 1]}` },
    { ...condition, grant: `${module}:${ROLES[rank + 1]}` },
    ...MODULES.filter((other) => other !== module).map((other) => ({ ...condition, grant: `${other}:${role}` })),
  ]
  // A personal key that somebody made is theirs anyway, and whoever manages keys reads those of machines as well.
  if (kind === 'API_KEY' && made === undefined) near.push({ who: 'holder', grant, ...covers })
  if (made !== undefined) near.push({ who: 'holder', grant, ...kinds, ...covers })
  if (covering !== undefined) near.push({ who: 'holder', grant, ...kinds, ...makers })
  return near
}

const nearly = (condition: Condition): Condition[] => {
  switch (condition.who) {
    case 'holder':
      return nearlyHolder(condition)
    case 'owner':
    case 'itself':
      return condition.covering === undefined ? [] : [{ who: condition.who }]
    case 'anyone':
      return [{ who: 'caller' }]
    case 'member':
      return [{ who: 'person' }]
    case 'person':
      return [{ who: 'member' }]
    case 'reader':
      return [holder('*:owner')]
    case 'caller':
    case 'that user':
      return []
  }
}

/** Conditions that nothing here is asked by, and where they are shown instead. */
const SHOWN_ELSEWHERE: Readonly<Record<string, readonly Condition['who'][]>> = {
  // It would succeed, and whoever is suspended calls no more: keys/suspension.test.ts.
  'Mutation.suspendKey': ['itself'],
  // Nobody here has a key of their own that was warned of: expiry-warnings-api.test.ts.
  'Mutation.acknowledgeExpiryWarning': ['owner', 'itself'],
}

/**
 * On objects that only a role of keys, or the ownership of a key, opens: whoever has a role of another module alone does not
 * reach them, so nobody can be asked whether it would be enough. Those who do reach them are asked.
 */
const BEHIND_A_ROLE = ['ExpiryWarning.deliveries', 'NotificationRoute.target', 'NotificationDelivery.event']

/** Found through a list alone, which the same rule opens. */
const OF_LISTS = ['Invitation']

/** Rules that differ from one in a single thing. */
const alternativesOf = (name: string, { any }: Rule): Rule[] => {
  const elsewhere = SHOWN_ELSEWHERE[name] ?? []
  const held = any.flatMap((one) => (one.who === 'holder' ? [one.grant.split(':')[0]] : []))
  const more = held.length === 0 ? [] : MODULES.filter((module) => !held.includes(module))
  return [
    ...any.flatMap((condition, index) => [
      ...nearly(condition).map((other) => ({ any: any.with(index, other) })),
      ...(any.length > 1 && !elsewhere.includes(condition.who) ? [{ any: any.toSpliced(index, 1) }] : []),
    ]),
    ...more.map((module) => ({ any: [...any, holder(`${module}:manager`)] })),
  ]
}

/** A key is a key: what is demanded of it by one type's name is demanded by all of them. */
const KEY_TYPES = ['Key', 'ApiKey', 'PersonalAccessKey']

const groups = (): { readonly name: string; readonly rows: readonly string[]; readonly of: Record<string, Rule> }[] => {
  const table = TABLE as Record<string, Rule>
  const objects = OBJECTS as Record<string, Rule>
  const rows = Object.keys(TABLE).flatMap((row) => {
    const [type = '', field] = row.split('.')
    if (!KEY_TYPES.includes(type)) return [{ name: row, rows: [row], of: table }]
    const same = KEY_TYPES.map((one) => `${one}.${field}`).filter((one) => one in TABLE)
    return same[0] === row ? [{ name: row, rows: same, of: table }] : []
  })
  const types = Object.keys(OBJECTS).filter((type) => ![...KEY_TYPES, ...OF_LISTS, 'ExpiryWarning'].includes(type))
  return [
    ...rows,
    ...types.map((type) => ({ name: type, rows: [type], of: objects })),
    { name: 'Key', rows: [...KEY_TYPES, 'ExpiryWarning'], of: objects },
  ]
}

const shown = ({ verdict }: Posed): string => {
  const { open, path, ...refusal } = verdict()
  return JSON.stringify([open, 'code' in refusal ? refusal.code : null, path])
}

/** Whether somebody was asked who is told something else by these rules. */
const isNoticed = (posed: readonly Posed[], before: ReadonlyMap<Posed, string>): boolean =>
  posed.some((one) => shown(one) !== before.get(one))

/**
 * Every rule that could be a little different without any of what was asked coming out differently: the matrix would not
 * notice if the service went by it.
 */
export const unnoticed = (posed: readonly Posed[]): { readonly row: string; readonly as: string }[] => {
  const before = new Map(posed.map((one) => [one, shown(one)]))
  return groups().flatMap(({ name, rows, of }) => {
    const [first = ''] = rows
    if (BEHIND_A_ROLE.includes(first)) return []
    const real = of[first]
    const own = posed.filter((one) => rows.includes(one.row))
    const concerned = of === OBJECTS ? posed : own
    if (real === undefined || concerned.length === 0) return []
    const found = alternativesOf(name, real).filter((alternative) => {
      for (const row of rows) of[row] = alternative
      const noticed = isNoticed(concerned, before)
      for (const row of rows) of[row] = real
      return !noticed
    })
    return found.map((alternative) => ({ row: name, as: JSON.stringify(alternative.any) }))
  })
}
