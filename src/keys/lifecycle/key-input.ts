import { canonicalJson, type JsonObject, type JsonValue } from '../../audit-chain/canonical-json.ts'
import type { DurationSeconds } from '../../kernel/duration.ts'
import type { InputIssues } from '../../kernel/errors.ts'
import { parseRange } from '../../kernel/ip-range.ts'
import { checkLength } from '../../kernel/list-input.ts'
import { checkThresholds, fitsThresholds } from '../../policies/warning-thresholds.ts'

const LARGEST_METADATA_BYTES = 8_192
const DEEPEST_METADATA = 32

/** CIDR ranges as they are stored: canonical and distinct. */
export const checkRanges = (issues: InputIssues, path: string, ranges: readonly string[]): string[] => {
  if (!checkLength(issues, path, ranges, 'ranges')) return []
  const kept = ranges.map((text, index) => {
    const range = parseRange(text)
    if (range === null)
      issues.add(`${path}.${index}`, 'must be an address or a CIDR range, like 10.1.0.0/16 or 2001:db8::/32')
    return range ?? ''
  })
  return [...new Set(kept)]
}

/** Whether a value is nested at most `levels` deep. Stops at the limit. */
const fits = (value: JsonValue, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every((part) => fits(part, levels - 1)))

/** Metadata as it is stored: a JSON object of at most 8 KiB and 32 levels. */
export const checkMetadata = (issues: InputIssues, path: string, metadata: JsonObject): JsonObject => {
  // Deeper values could overflow the stack when the audit log is read.
  if (!fits(metadata, DEEPEST_METADATA)) {
    issues.add(path, `must be nested at most ${DEEPEST_METADATA} levels deep`)
    return metadata
  }
  try {
    if (Buffer.byteLength(canonicalJson(metadata)) > LARGEST_METADATA_BYTES)
      issues.add(path, `must have at most ${LARGEST_METADATA_BYTES} bytes as JSON`)
    // PostgreSQL cannot parse JSON with an escaped NUL.
    if (canonicalJson(metadata).includes('\\u0000')) issues.add(path, 'must not contain NUL characters')
  } catch {
    issues.add(path, 'must be a JSON object of well-formed text and finite numbers')
  }
  return metadata
}

/** A key's own thresholds as they are stored: each shorter than the key's lifetime. */
export const checkOwnThresholds = (
  issues: InputIssues,
  path: string,
  thresholds: readonly DurationSeconds[],
  lifetime: DurationSeconds | null,
): readonly DurationSeconds[] => {
  if (!fitsThresholds(issues, path, thresholds)) return []
  thresholds.forEach((threshold, index) => {
    if (lifetime !== null && threshold >= lifetime)
      issues.add(`${path}.${index}`, 'must be shorter than the lifetime of the key')
  })
  return checkThresholds(issues, path, thresholds)
}
