import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const requested = process.argv.includes('--profile')
const SAMPLING_INTERVAL_US = 200

/** Runs the work; with --profile, writes a profile of it that Chromium's DevTools open. */
export const profiled = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  if (!requested) return work()
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US })
  await session.post('Profiler.start')
  const result = await work()
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  const file = join(tmpdir(), `keyturn-${name}.cpuprofile`)
  writeFileSync(file, JSON.stringify(profile))
  console.error(`Profile: ${file}`)
  return result
}
