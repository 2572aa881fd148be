const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** The sequence of an event: that of the only field in the data. Null where there is none. */
export const sequenceOf = (data: unknown): number | null => {
  if (!isRecord(data)) return null
  const [event] = Object.values(data)
  return isRecord(event) && typeof event.sequence === 'number' ? event.sequence : null
}
