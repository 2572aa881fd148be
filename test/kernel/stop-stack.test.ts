import { describe, expect, it } from 'vitest'
import { StopStack, startOrStop } from '../../src/kernel/stop-stack.ts'
import { deferred } from '../support/open-database.ts'

describe('what was started', () => {
  it('stops in reverse order, each when the one after it has stopped', async () => {
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

  it('stops once', async () => {
    const stack = new StopStack()
    let stops = 0
    stack.push(() => {
      stops += 1
    })
    await Promise.all([stack.stop(), stack.stop()])
    await stack.stop()
    expect(stops).toBe(1)
  })

  it('stops all of it where one part cannot be stopped, and throws that failure', async () => {
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

  it('stops where a later part does not start, and the error of that part is thrown', async () => {
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

  it('goes on where everything starts', async () => {
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
