import type { Verdict } from './oracle.ts'
import type { Condition, GrantCondition, Rule } from './rules.ts'
import { OBJECTS, TABLE } from './table.ts'

/** A question of the matrix, and what the table says about it. */
export interface Posed {
  readonly row: string
  readonly verdict: () => Verdict & { readonly path?: readonly string[] }
}

const MODULES = ['keys', 'members', 'audit', 'tokens']
const ROLES = ['viewer', 'operator', 'manager', 'owner']

const holder = (grant: string): Condition => ({ who: 'holder', grant })

/** Similar conditions: a role lower or higher, another module, or without its further requirements. */
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
  // The creator of a personal key owns it anyway, and managers of keys read API keys as well.
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

/** Conditions that no caller here meets, and where they are tested instead. */
const SHOWN_ELSEWHERE: Readonly<Record<string, readonly Condition['who'][]>> = {
  // It would succeed, and a suspended caller cannot call again: keys/suspension.test.ts.
  'Mutation.suspendKey': ['itself'],
  // No caller here owns a key with a warning: expiry-warnings-api.test.ts.
  'Mutation.acknowledgeExpiryWarning': ['owner', 'itself'],
}

/**
 * On objects that only a role of keys, or the ownership of a key, opens: callers with a role of another module alone do not
 * reach them, so that no question can show whether it would be enough.
 */
const BEHIND_A_ROLE = ['ExpiryWarning.deliveries', 'NotificationRoute.target', 'NotificationDelivery.event']

/** Reachable only through a list, which the same rule opens. */
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

/** The types of a key: all of them require the same. */
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

/** What a response shows of a verdict. */
const shown = ({ verdict }: Posed): string => {
  const { open, path, ...refusal } = verdict()
  return `${open} ${'code' in refusal ? refusal.code : ''} ${path?.join('.')}`
}

/** Whether the changed rules change the expected result of any question. */
const isNoticed = (posed: readonly Posed[], before: ReadonlyMap<Posed, string>): boolean =>
  posed.some((one) => shown(one) !== before.get(one))

/**
 * Every changed rule that changes no expected result: the matrix would not detect a service that follows it.
 */
export const unnoticed = (posed: readonly Posed[]): { readonly row: string; readonly as: string }[] => {
  const before = new Map(posed.map((one) => [one, shown(one)]))
  const byRow = new Map<string, Posed[]>()
  for (const one of posed) {
    const same = byRow.get(one.row)
    if (same === undefined) byRow.set(one.row, [one])
    else same.push(one)
  }
  return groups().flatMap(({ name, rows, of }) => {
    const [first = ''] = rows
    if (BEHIND_A_ROLE.includes(first)) return []
    const real = of[first]
    const concerned = of === OBJECTS ? posed : rows.flatMap((row) => byRow.get(row) ?? [])
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
