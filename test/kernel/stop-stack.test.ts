import { describe, expect, it } from 'vitest'
import { StopStack, startOrStop } from '../../src/kernel/stop-stack.ts'
import { deferred } from '../support/open-database.ts'

describe('a stop stack', () => {
  it('stops its parts in reverse order, each after the one before has stopped', async () => {
    const stack = new StopStack()
    const stopped: string[] = []
    const slow = deferred()
    stack.push(() => stopped.push('database'))
    stack.push(async () => {
      await slow.promise
      stopped.push('feed')
    })
    stack.push(() => stopped.push('server'))
    const stopping = stack.stop()
    await new Promise((resolve) => setImmediate(resolve))
    expect(stopped).toEqual(['server'])
    slow.resolve()
    await stopping
    expect(stopped).toEqual(['server', 'feed', 'database'])
  })

  it('stops each part once', async () => {
    const stack = new StopStack()
    let stops = 0
    stack.push(() => {
      stops += 1
    })
    await Promise.all([stack.stop(), stack.stop()])
    await stack.stop()
    expect(stops).toBe(1)
  })

  it('stops the other parts when one fails to stop, and throws the first error', async () => {
    const stack = new StopStack()
    const stopped: string[] = []
    stack.push(() => stopped.push('database'))
    stack.push(() => Promise.reject(new Error('feed')))
    stack.push(() => {
      throw new Error('server')
    })
    await expect(stack.stop()).rejects.toThrow('server')
    expect(stopped).toEqual(['database'])
  })

  it('stops the started parts when a later one fails to start, and throws the error of the start', async () => {
    const stopped: string[] = []
    const faults: unknown[] = []
    const start = async (stack: StopStack) => {
      stack.push(() => stopped.push('database'))
      stack.push(() => Promise.reject(new Error('feed does not stop')))
      throw new Error('server does not start')
    }
    await expect(startOrStop(start, (error) => faults.push(error))).rejects.toThrow('server does not start')
    expect(stopped).toEqual(['database'])
    expect(faults).toEqual([new Error('feed does not stop')])
  })

  it('stops a part that fails while it starts', async () => {
    const stack = new StopStack()
    let stops = 0
    const part = { start: () => Promise.reject(new Error('no start')), stop: () => (stops += 1) }
    await expect(stack.start(part)).rejects.toThrow('no start')
    await stack.stop()
    expect(stops).toBe(1)
  })

  it('stops nothing when every part starts', async () => {
    const stopped: string[] = []
    const started = await startOrStop(
      async (stack) => {
        stack.push(() => stopped.push('database'))
        return stack
      },
      (error) => expect.fail(String(error)),
    )
    expect(stopped).toEqual([])
    await started.stop()
    expect(stopped).toEqual(['database'])
  })
})
