import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BlindInstance } from '../support/blind-instance.ts'

const KEYS = ['key_1', 'key_2', 'key_3']
const LONGEST_LATENESS_MS = 2_000

const keyId = fc.constantFrom(...KEYS)
/** Another instance's clock: right, behind, ahead, by more than any look-back. */
const clockAheadMs = fc.constantFrom(0, -30_000, -600_000, 60_000)
const arrivesAfterMs = fc.option(fc.constantFrom(0, 1, 50, 5_000), { nil: null })

const steps = (ownClock: 'may be set back' | 'stops in sleep') =>
  fc.array(
    fc.record({
      waitMs: fc.constantFrom(0, 1, 30, 200, 700, 1_100, 2_500, 20_000),
      act: fc.oneof(
        { weight: 6, arbitrary: keyId.map((id) => (world: BlindInstance) => world.use(id)) },
        {
          weight: 2,
          arbitrary: fc
            .tuple(fc.option(keyId, { nil: null }), clockAheadMs, arrivesAfterMs)
            .map((parts) => (world: BlindInstance) => world.commit(...parts)),
        },
        fc.constantFrom('fine', 'cut', 'frozen').map((state) => (world: BlindInstance) => {
          world.database.state = state as 'fine'
        }),
        fc.constantFrom(0, 1, 100, 900, 2_400).map((latencyMs) => (world: BlindInstance) => {
          world.database.latencyMs = latencyMs
        }),
        fc
          .tuple(fc.boolean(), fc.constantFrom('new' as const, 'resumed' as const))
          .map((parts) => (world: BlindInstance) => world.connect(...parts)),
        fc.constantFrom(500, 3_000, 60_000).map((ms) => (world: BlindInstance) => {
          world.sleep(ms, ownClock === 'stops in sleep')
        }),
        fc
          .constantFrom(...(ownClock === 'may be set back' ? [-3_600_000, -1_000, 3_600_000] : [3_600_000]))
          .map((ms) => (world: BlindInstance) => world.setClock(ms)),
      ),
    }),
    { maxLength: 25 },
  )

it.each(['may be set back', 'stops in sleep'] as const)(
  'an instance whose clock %s accepts no credential later than 2 s after its end, and misses no event',
  async (ownClock) => {
    await fc.assert(
      fc.asyncProperty(steps(ownClock), async (schedule) => {
        const world = new BlindInstance()
        await world.start()
        for (const { waitMs, act } of schedule) {
          await world.advance(waitMs)
          await act(world)
        }
        world.database.state = 'fine'
        world.database.latencyMs = 1
        await world.recover(10)
        world.connect(true)
        await world.recover(5_000)
        const late = world.late.filter(({ lateMs }) => lateMs > LONGEST_LATENESS_MS)
        const expected = world.database.rows.map(({ sequence }) => sequence)
        const seen = [...world.seen]
        await world.close()
        expect(late).toEqual([])
        expect(seen).toEqual(expected)
      }),
      { numRuns: 750 },
    )
  },
  600_000,
)
