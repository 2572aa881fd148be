import { createDatabase } from '../test/support/engines.ts'
import { startApp } from './support/bench.ts'
const database = await createDatabase('sqlite')
const app = await startApp(database, {})
await app.listen()
let last = process.cpuUsage()
for (let i = 0; i < 24; i += 1) {
  await new Promise((r) => setTimeout(r, 1000))
  const now = process.cpuUsage()
  console.log(i, ((now.user - last.user + now.system - last.system) / 1e4).toFixed(2) + '%', `u${(now.user-last.user)/1000} s${(now.system-last.system)/1000}`)
  last = now
  if (i === 11) { await app.parts.sweeper.stop(); console.log('sweeper stopped') }
}
await app.close(); await database.remove()
