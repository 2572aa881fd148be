import { heading, wantedEngine } from '../support/bench.ts'
import { measureRevocations } from './revocation-latency.ts'
import { measureThroughput } from './throughput.ts'

// Verification in a service: how much it costs, and how soon a revocation is known everywhere.
heading('Verification', wantedEngine())
const isFast = await measureThroughput()
console.log()
const isSoon = await measureRevocations()
if (!isFast || !isSoon) process.exitCode = 1
process.exit()
