import { expect, it } from 'vitest'
import { BlindInstance } from '../support/blind-instance.ts'

const KEY = 'key_1'

it.each<[string, number, (world: BlindInstance) => void]>([
  [
    'that PostgreSQL refused for a minute',
    0,
    (world) => {
      world.database.state = 'cut'
    },
  ],
  ['that slept for a minute', 0, (world) => world.sleep(60_000, false)],
  ['whose machine slept for a minute', 0, (world) => world.sleep(60_000, true)],
  ['that hears nothing of one whose clock is 30 s behind', -30_000, () => undefined],
  ['that hears nothing of one whose clock is ten minutes behind', -600_000, () => undefined],
])(
  'an instance %s accepts no credential that was revoked meanwhile, and its subscribers miss nothing',
  async (...example) => {
    const [, clockAheadMs, blind] = example
    const world = new BlindInstance()
    await world.start()
    // Whoever wrote last is right about the time, so the time of the revocation lies far before now.
    await world.commit(null, clockAheadMs, 1)
    await world.advance(20_000)
    world.use(KEY)
    await world.advance(10)
    blind(world)
    await world.advance(1_000)
    await world.commit(KEY, clockAheadMs, null)
    await world.advance(59_500)
    world.database.state = 'fine'
    for (let second = 0; second < 5; second += 1) {
      world.use(KEY)
      await world.advance(1_000)
    }
    expect(world.late).toEqual([])
    expect(world.seen).toEqual([1, 2])
    await world.close()
  },
)
