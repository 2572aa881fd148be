import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const BENCH = join(import.meta.dirname, '..')
const LOCK = join(BENCH, 'package-lock.json')
const STAMP = join(BENCH, 'node_modules', '.installed-from')

/** Installs what Keyturn is compared with, unless it is there. Nothing else of the project needs it. */
export const installPeers = (): void => {
  const lock = readFileSync(LOCK, 'utf8')
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock) return
  console.log('Installing what Keyturn is compared with, once: npm ci --prefix bench')
  const { status } = spawnSync('npm', ['ci', '--prefix', BENCH, '--no-audit', '--no-fund'], { stdio: 'inherit' })
  if (status !== 0) throw new Error('The peers could not be installed.')
  writeFileSync(STAMP, lock)
}
