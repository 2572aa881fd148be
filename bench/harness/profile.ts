import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where a part of the processor time went, as a fraction of what was not idle. */
export interface Share {
  readonly where: string
  readonly share: number
}

interface Frame {
  readonly functionName: string
  readonly url: string
}

interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const LARGEST = 12
/** `dispatch` starts the profile. */
const IDLE = new Set(['(idle)', '(program)', '(root)', 'dispatch'])
const NATIVE: Readonly<Record<string, string>> = {
  '(garbage collector)': 'garbage collection',
}

/** The package, the folder of src/, or the module of Node.js that a function belongs to. */
const placeOf = ({ functionName, url }: Frame): string => {
  const native = NATIVE[functionName]
  if (native !== undefined) return native
  const [, dependency] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? []
  if (dependency !== undefined) return dependency
  const [, folder] = /\/dist\/src\/([^/]+)/.exec(url) ?? []
  if (folder !== undefined) return `src/${folder}`
  if (url.startsWith('node:')) return url.replace('node:internal/', 'node:').split('/')[0] ?? url
  return functionName === '' || url !== '' ? 'others' : `native ${functionName}`
}

/** The largest shares of a profile, by package and folder, of the time in the functions themselves. */
export const sharesOf = ({ nodes, samples, timeDeltas }: Profile): Share[] => {
  const places = new Map(
    nodes.map(({ id, callFrame }) => [id, IDLE.has(callFrame.functionName) ? null : placeOf(callFrame)]),
  )
  const times = new Map<string, number>()
  let total = 0
  for (const [index, id] of samples.entries()) {
    const place = places.get(id) ?? null
    if (place === null) continue
    const time = timeDeltas[index] ?? 0
    total += time
    times.set(place, (times.get(place) ?? 0) + time)
  }
  return [...times]
    .map(([where, time]) => ({ where, share: Number((time / total).toFixed(3)) }))
    .sort((a, b) => b.share - a.share)
    .slice(0, LARGEST)
}

const PROFILER = join(import.meta.dirname, '../servers/profiler.mjs')

/** A profile that one process of Node.js writes when it ends. */
export const newProfile = () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-profile-'))
  const file = join(folder, 'bench.cpuprofile')
  process.env.BENCH_PROFILE = file
  return {
    flags: ['--import', PROFILER],
    /** After the end of the process. */
    read: (): Share[] => {
      const profile = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Profile) : null
      rmSync(folder, { recursive: true, force: true })
      return profile === null ? [] : sharesOf(profile)
    },
  }
}
