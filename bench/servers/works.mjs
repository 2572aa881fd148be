// A process that does a named piece of work, one call after the other, for so many seconds each time that it is told to.

import { input } from './http.mjs'

const MICROSECONDS = 1e6

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / MICROSECONDS
}

const doWork = async (work, seconds) => {
  const latencies = []
  const began = performance.now()
  const cpu = cpuSeconds()
  let last = began
  while (last - began < seconds * 1_000) {
    await work()
    const now = performance.now()
    latencies.push(now - last)
    last = now
  }
  const operations = latencies.length
  latencies.sort((a, b) => a - b)
  return {
    perSecond: (operations / (last - began)) * 1_000,
    cpuMicroseconds: ((cpuSeconds() - cpu) / operations) * MICROSECONDS,
    p99Ms: latencies[Math.ceil(operations * 0.99) - 1],
  }
}

/** @param {(input: object) => Promise<Readonly<Record<string, () => Promise<unknown>>>>} open */
export const offer = async (open) => {
  const works = await open(await input())
  process.on('message', ({ work, seconds }) => {
    doWork(works[work], seconds)
      .catch((error) => ({ error: String(error?.stack ?? error) }))
      .then((answer) => process.send(answer))
  })
  process.on('SIGTERM', () => process.exit())
  console.log('ready')
}
