import { expect, it } from 'vitest'
import { TokenBucket } from '../../src/kernel/token-bucket.ts'

const taken = (bucket: TokenBucket, now: number, tries: number): number =>
  Array.from({ length: tries }, () => bucket.take(now)).filter(Boolean).length

it('allows a burst, then the steady rate, and never accumulates more than a burst', () => {
  const bucket = new TokenBucket(10, 50, 0)
  expect(taken(bucket, 0, 100)).toBe(50)
  expect(taken(bucket, 100, 100)).toBe(1)
  expect(taken(bucket, 1_100, 100)).toBe(10)
  expect(taken(bucket, 3_600_000, 100)).toBe(50)
})
