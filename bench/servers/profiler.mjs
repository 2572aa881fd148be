// Loaded before the service: it then profiles itself from the first time that it is measured until it exits.

import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'

const SAMPLING_INTERVAL_US = 500
const session = new Session()
let profiling = false

const begin = () => {
  if (profiling) return
  profiling = true
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US })
  session.post('Profiler.start')
}

// It is suspended after its start until it is measured; where it is not, it is told to collect its garbage first.
process.on('SIGCONT', begin).on('SIGUSR2', begin)
process.on('exit', () => {
  if (!profiling) return
  session.post('Profiler.stop', (error, { profile }) => {
    if (error === null) writeFileSync(process.env.BENCH_PROFILE, JSON.stringify(profile))
  })
})
