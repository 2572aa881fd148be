import { canonicalJson, type JsonObject } from '../audit/canonical-json.ts'
import type { DurationSeconds } from '../kernel/duration.ts'
import type { InputIssues } from '../kernel/errors.ts'
import { parseRange } from '../kernel/ip-range.ts'
import { checkThresholds } from '../organizations/key-policy.ts'

const MOST_RANGES = 100
const LARGEST_METADATA_BYTES = 8_192

/** CIDR ranges as they are kept: canonical and distinct. */
export const checkRanges = (issues: InputIssues, path: string, ranges: readonly string[]): string[] => {
  if (ranges.length > MOST_RANGES) issues.add(path, `must have at most ${MOST_RANGES} ranges`)
  const kept = ranges.map((text, index) => {
    const range = parseRange(text)
    if (range === null)
      issues.add(`${path}.${index}`, 'must be an address or a CIDR range, like 10.1.0.0/16 or 2001:db8::/32')
    return range ?? ''
  })
  return [...new Set(kept)]
}

/** Metadata as it is kept: a JSON object of at most 8 KiB. */
export const checkMetadata = (issues: InputIssues, path: string, metadata: JsonObject): JsonObject => {
  try {
    if (Buffer.byteLength(canonicalJson(metadata)) > LARGEST_METADATA_BYTES)
      issues.add(path, `must have at most ${LARGEST_METADATA_BYTES} bytes as JSON`)
    // PostgreSQL keeps no NUL, not even escaped, in text that anybody may want to read as JSON.
    if (canonicalJson(metadata).includes('\\u0000')) issues.add(path, 'must not contain NUL characters')
  } catch {
    issues.add(path, 'must be a JSON object of well-formed text and finite numbers')
  }
  return metadata
}

/** A key's own thresholds as they are kept: each shorter than the key's lifetime. */
export const checkOwnThresholds = (
  issues: InputIssues,
  path: string,
  thresholds: readonly DurationSeconds[],
  lifetime: DurationSeconds | null,
): readonly DurationSeconds[] => {
  thresholds.forEach((threshold, index) => {
    if (lifetime !== null && threshold >= lifetime)
      issues.add(`${path}.${index}`, 'must be shorter than the lifetime of the key')
  })
  return checkThresholds(issues, path, thresholds)
}
