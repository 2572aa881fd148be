import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { namedTicks, pointsOf, positionOf, TIMELINE_DAYS } from '../../src/console/screens/overview/timeline-layout.ts'

const NOW = Date.parse('2026-11-26T12:00:00Z')
const DAY_MS = 86_400_000
const SIZE = { width: 900, lanes: 6, pointWidth: 15 }
const LABEL = 80

const keysIn = (days: readonly number[]) =>
  days.map((day, index) => ({ id: `key_${index}`, expiresAt: new Date(NOW + day * DAY_MS).toISOString() }))

describe('the timeline', () => {
  it('shows the keys that expire within its 90 days, and moves them to the left as time passes', () => {
    const keys = keysIn([-1, 1, 89, 91])
    const ids = (now: number) => pointsOf(keys, now, SIZE, () => LABEL).map(({ key }) => key.id)
    expect(ids(NOW)).toEqual(['key_1', 'key_2'])
    expect(ids(NOW + 2 * DAY_MS)).toEqual(['key_2', 'key_3'])
    const [before] = pointsOf(keysIn([40]), NOW, SIZE, () => LABEL)
    const [after] = pointsOf(keysIn([40]), NOW + DAY_MS, SIZE, () => LABEL)
    expect(after?.x).toBeLessThan(before?.x ?? 0)
  })

  it.each([
    [6.9, 'soon'],
    [7.1, 'near'],
    [29.9, 'near'],
    [30.1, 'later'],
  ])('shows a key that expires in %d days as %s', (days, urgency) => {
    expect(pointsOf(keysIn([days]), NOW, SIZE, () => LABEL)[0]?.urgency).toBe(urgency)
  })

  it('never lets a name cover another point or name of its lane, and keeps names within the picture', () => {
    const days = fc.array(fc.double({ min: 0, max: TIMELINE_DAYS, noNaN: true }), { maxLength: 60 })
    fc.assert(
      fc.property(days, (given) => {
        const points = pointsOf(keysIn(given), NOW, SIZE, () => LABEL)
        const half = SIZE.pointWidth / 2
        const spans = points
          .filter(({ label }) => label !== null)
          .map(({ x, lane, label }) => ({
            lane,
            from: x - half - (label === 'left' ? LABEL : 0),
            to: x + half + (label === 'right' ? LABEL : 0),
          }))
        for (const a of spans) {
          expect(a.from).toBeGreaterThanOrEqual(-SIZE.pointWidth)
          expect(a.to).toBeLessThanOrEqual(SIZE.width + SIZE.pointWidth)
          for (const b of spans) if (a !== b && a.lane === b.lane) expect(a.to <= b.from || b.to <= a.from).toBe(true)
        }
        expect(points.every(({ lane }) => lane >= 0 && lane < SIZE.lanes)).toBe(true)
      }),
    )
  })

  it('leaves out names before it leaves out keys', () => {
    const many = new Array(80).fill(45)
    const points = pointsOf(keysIn(many), NOW, SIZE, () => LABEL)
    expect(points).toHaveLength(80)
    expect(points.filter(({ label }) => label !== null)).toHaveLength(SIZE.lanes)
  })

  it.each([280, 600, 1200])('names marks of the axis that do not cover each other at %s px', (width) => {
    const places = [...namedTicks(width)].map((days) => positionOf(days) * width).sort((a, b) => a - b)
    expect(places.at(-1)).toBe(width)
    const gaps = places.slice(1).map((place, index) => place - (places[index] ?? 0))
    expect(Math.min(...gaps, places[0] ?? 0)).toBeGreaterThan(28)
  })

  it('gives the next week more room than any other', () => {
    expect(positionOf(0)).toBe(0)
    expect(positionOf(TIMELINE_DAYS)).toBe(1)
    expect(positionOf(7)).toBeGreaterThan(positionOf(90) - positionOf(60))
  })
})
