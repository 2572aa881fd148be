import { setTimeout as sleep } from 'node:timers/promises'
import type { ResponseError } from '../support/client.ts'
import type { FieldCase } from './field-cases.ts'
import type { MutationCase } from './mutation-cases.ts'
import { type Caller, decideRow, type Verdict } from './oracle.ts'
import type { PayloadCase } from './payload-cases.ts'
import type { SubscriptionCase } from './subscription-cases.ts'
import type { Answer, LiveWire, Wire } from './wires.ts'

/** As many aliases as an operation may have. */
const BATCH = 50

/** A response that differs from the table. */
export interface Mismatch {
  readonly of: string
  readonly expected: unknown
  readonly got: unknown
}

const UNAUTHENTICATED: Verdict = { open: false, code: 'UNAUTHENTICATED' }

/** An invalid credential is refused before anything is read. */
const isCredentialRefused = ({ bearer, good }: Caller): boolean => bearer !== null && !good

const shown = (error: ResponseError | undefined) => {
  if (error === undefined) return { open: true }
  const { code, required } = error.extensions
  return code === 'FORBIDDEN' ? { open: false, code, required } : { open: false, code }
}

/** The value at the end of a path, through the first item of each list; `empty` if a list has none. */
const valueAt = (value: unknown, path: readonly string[]): unknown => {
  const [step, ...rest] = path
  if (step === undefined || value == null) return value
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : valueAt(value[0], path)
  return valueAt((value as Record<string, unknown>)[step], rest)
}

const judgeField = (one: FieldCase, alias: string, caller: Caller, { data, errors = [] }: Answer): Mismatch | null => {
  const { path, ...verdict } = one.expect(caller)
  const at = [alias, ...path.slice(1)]
  const own = errors.filter((error) => error.path?.[0] === alias)
  const value = valueAt(data, at)
  const [error] = own
  const names = error?.path?.filter((step) => typeof step === 'string')
  const expected = { ...verdict, ...(verdict.open ? { value: 'something' } : { path: at, value: 'nothing' }) }
  const missing = value == null ? 'nothing' : 'something'
  const got = {
    ...shown(error),
    ...(error === undefined ? {} : { path: names }),
    value: verdict.open && one.mayBeNull && own.length === 0 ? 'something' : missing,
  }
  return JSON.stringify(expected) === JSON.stringify(got) ? null : { of: one.row, expected, got }
}

/** Reads every field, as many per operation as it may have. */
export const judgeFields = async (wire: Wire, caller: Caller, cases: readonly FieldCase[]): Promise<Mismatch[]> => {
  const batches = Array.from({ length: Math.ceil(cases.length / BATCH) }, (_, index) =>
    cases.slice(index * BATCH, (index + 1) * BATCH),
  )
  const judged = await Promise.all(batches.map((batch) => judgeBatch(wire, caller, batch)))
  return judged.flat()
}

const judgeBatch = async (wire: Wire, caller: Caller, batch: readonly FieldCase[]): Promise<Mismatch[]> => {
  const answer = await wire.send(`{ ${batch.map(({ selection }, index) => `a${index}: ${selection}`).join(' ')} }`)
  // Some fields cost so much that an operation takes a few of them alone.
  if (answer.errors?.[0]?.extensions.code === 'QUERY_TOO_COMPLEX' && batch.length > 1) {
    const half = Math.ceil(batch.length / 2)
    const halves = [batch.slice(0, half), batch.slice(half)]
    return (await Promise.all(halves.map((part) => judgeBatch(wire, caller, part)))).flat()
  }
  if (isCredentialRefused(caller)) return refusedCredential(answer, wire.name)
  return batch.map((one, index) => judgeField(one, `a${index}`, caller, answer)).filter((mismatch) => mismatch !== null)
}

const refusedCredential = ({ data, errors }: Answer, of: string): Mismatch[] => {
  const got = shown(errors?.[0])
  const right = data == null && JSON.stringify(got) === JSON.stringify(UNAUTHENTICATED)
  return right ? [] : [{ of, expected: UNAUTHENTICATED, got }]
}

/** Tries a mutation: it must be refused as the table says, or fail for the reason that the case contains. */
const judgeMutation = async (wire: Wire, caller: Caller, one: MutationCase): Promise<Mismatch | null> => {
  const verdict = one.expect(caller)
  const { data, errors } = await wire.send(`mutation { ${await one.text(verdict)} }`)
  const got = { ...shown(errors?.[0]), ...(data == null ? {} : { value: 'something' }) }
  const allowed = one.outcome === null ? { open: true, value: 'something' } : { open: false, code: one.outcome }
  const expected = verdict.open ? allowed : verdict
  return JSON.stringify(expected) === JSON.stringify(got) ? null : { of: one.row, expected, got }
}

/** Tries every mutation, each by itself: the first that fails ends the operation that it is part of. */
export const judgeMutations = async (
  wire: Wire,
  caller: Caller,
  cases: readonly MutationCase[],
): Promise<Mismatch[]> => {
  if (isCredentialRefused(caller)) {
    const texts = await Promise.all(cases.slice(0, BATCH).map(({ text }) => text(UNAUTHENTICATED)))
    const answer = await wire.send(`mutation { ${texts.map((text, index) => `a${index}: ${text}`).join(' ')} }`)
    return refusedCredential(answer, wire.name)
  }
  const judged = await Promise.all(cases.map((one) => judgeMutation(wire, caller, one)))
  return judged.filter((mismatch) => mismatch !== null)
}

/** Makes a change that the caller may make, and compares its whole payload. */
export const judgePayload = async (wire: Wire, caller: Caller, one: PayloadCase): Promise<Mismatch[]> => {
  const { data, errors = [] } = await wire.send(one.text)
  const payload = (data?.[one.name] ?? {}) as Record<string, unknown>
  return one.fields.flatMap(({ row, path, mayBeNull, expect }) => {
    const verdict = expect(caller, payload)
    const error = errors.find((each) => JSON.stringify(each.path?.slice(1)) === JSON.stringify(path))
    const there = valueAt(payload, path) != null || (verdict.open && mayBeNull && error === undefined && data != null)
    const expected = { ...verdict, value: verdict.open ? 'something' : 'nothing' }
    const got = { ...shown(error), value: there ? 'something' : 'nothing' }
    return JSON.stringify(expected) === JSON.stringify(got)
      ? []
      : [{ of: `${one.name} ${row}`, expected, got: data == null ? errors : got }]
  })
}

/** Wait for events that must not arrive; those that may arrive have arrived by then. */
const GRACE_MS = 300

/** Subscribes to everything: it must be refused as the table says, or deliver what the table opens and nothing else. */
export const judgeSubscriptions = async (
  wire: LiveWire,
  caller: Caller,
  cases: readonly SubscriptionCase[],
): Promise<Mismatch[]> => (await Promise.all(cases.map((one) => judgeSubscription(wire, caller, one)))).flat()

const judgeSubscription = async (wire: LiveWire, caller: Caller, one: SubscriptionCase): Promise<Mismatch[]> => {
  const verdict = isCredentialRefused(caller) ? UNAUTHENTICATED : one.opens(caller)
  const { results, stop } = wire.listen(one.text)
  try {
    if (!verdict.open) {
      const { data, errors } = await results.take()
      const got = { ...shown(errors?.[0]), ...(data == null ? {} : { value: 'something' }) }
      return JSON.stringify(verdict) === JSON.stringify(got) ? [] : [{ of: one.row, expected: verdict, got }]
    }
    const wanted = [...one.first(caller)].sort()
    const told = await results.takeMany(wanted.length)
    const name = one.row.slice('Subscription.'.length)
    const values = told.map(({ data }) => (data?.[name] ?? {}) as Record<string, unknown>)
    const got = values.map(one.idOf).sort()
    const mismatches: Mismatch[] =
      JSON.stringify(wanted) === JSON.stringify(got) ? [] : [{ of: one.row, expected: wanted, got }]
    for (const [index, value] of values.entries())
      mismatches.push(...judgeEvent(one, caller, value, told[index]?.errors ?? []))
    if (!one.goesOn) {
      await sleep(GRACE_MS)
      if (results.pending.length > 0) mismatches.push({ of: one.row, expected: wanted, got: results.pending })
    }
    return mismatches
  } finally {
    stop()
  }
}

const judgeEvent = (
  { fields, target }: SubscriptionCase,
  caller: Caller,
  value: Readonly<Record<string, unknown>>,
  errors: readonly ResponseError[],
): Mismatch[] =>
  fields.flatMap(({ row, name, mayBeNull }) => {
    const verdict = decideRow(row, caller, target)
    const error = errors.find(({ path }) => path?.[1] === name)
    const there = value[name] != null || (verdict.open && mayBeNull && error === undefined)
    const expected = { ...verdict, value: verdict.open ? 'something' : 'nothing' }
    const got = { ...shown(error), value: there ? 'something' : 'nothing' }
    return JSON.stringify(expected) === JSON.stringify(got) ? [] : [{ of: row, expected, got }]
  })
