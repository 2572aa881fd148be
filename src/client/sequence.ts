const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** The sequence of an event, selected in the only field of the data. Null if there is none. */
export const sequenceOf = (data: unknown): number | null => {
  if (!isRecord(data)) return null
  const [event] = Object.values(data)
  return isRecord(event) && typeof event.sequence === 'number' ? event.sequence : null
}
