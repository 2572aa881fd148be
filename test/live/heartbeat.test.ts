import { beforeEach, describe, expect, it } from 'vitest'
import { Heartbeat } from '../../src/live/heartbeat.ts'

describe('a heartbeat', () => {
  let events: string[]
  let sent: number[]
  let heartbeat: Heartbeat
  beforeEach(() => {
    events = []
    sent = []
    heartbeat = new Heartbeat({
      send: (beat) => sent.push(beat),
      onSilence: () => events.push('silence'),
      onResumed: () => events.push('resumed'),
    })
    heartbeat.begin()
  })
  const beat = (times: number) => {
    for (let count = 0; count < times; count += 1) heartbeat.beat()
  }

  it('treats a quiet connection as alive while its beats return', () => {
    for (let count = 0; count < 100; count += 1) {
      heartbeat.beat()
      heartbeat.receive(sent.at(-1) ?? 0)
    }
    expect([heartbeat.alive, events]).toEqual([true, []])
  })

  it('tolerates a late beat, and reports a silence at the third beat, once', () => {
    beat(2)
    expect([heartbeat.alive, events]).toEqual([true, []])
    beat(5)
    expect([heartbeat.alive, events]).toEqual([false, ['silence']])
  })

  it('treats a connection as alive again only after a current beat, not after a delayed one', () => {
    beat(6)
    heartbeat.receive(1)
    heartbeat.receive(4)
    expect([heartbeat.alive, events]).toEqual([false, ['silence']])
    heartbeat.receive(6)
    expect([heartbeat.alive, events]).toEqual([true, ['silence', 'resumed']])
  })

  it.each([
    ['a beat of the future', 7],
    ['one that came back before', 0],
    ['no number', Number.NaN],
    ['a part', 5.5],
  ])('is not deceived by %s', (_, forged) => {
    beat(6)
    heartbeat.receive(forged)
    expect(heartbeat.alive).toBe(false)
    expect(heartbeat.unanswered).toBe(6)
  })

  it('forgets the beats of a connection when another one opens', () => {
    beat(6)
    heartbeat.begin()
    beat(2)
    expect([heartbeat.alive, heartbeat.unanswered]).toEqual([true, 2])
  })
})
