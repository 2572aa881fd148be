import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const requested = process.argv.includes('--profile')
const SAMPLING_INTERVAL_US = 200

/** Starts a CPU profile. Returns a function that ends it, and writes a file that Chromium's DevTools open. */
export const startProfile = async (name: string): Promise<() => Promise<void>> => {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US })
  await session.post('Profiler.start')
  return async () => {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    const file = join(tmpdir(), `keyturn-${name}.cpuprofile`)
    writeFileSync(file, JSON.stringify(profile))
    console.error(`Profile: ${file}`)
  }
}

/** Runs the work; with --profile, writes a profile of it. */
export const profiled = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  if (!requested) return work()
  const end = await startProfile(name)
  const result = await work()
  await end()
  return result
}
