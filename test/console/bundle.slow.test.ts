import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, inject, it } from 'vitest'

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
}

const MOST_BYTES = 170_000
const build = join(inject('serverBuild'), 'console')
const manifest = JSON.parse(readFileSync(join(build, 'manifest.json'), 'utf8')) as Record<string, Chunk>

/** The scripts that a chunk loads before it runs: itself and everything that it imports. */
const scriptsOf = (name: string, seen = new Set<string>()): Set<string> => {
  const chunk = manifest[name]
  if (chunk === undefined || seen.has(chunk.file)) return seen
  seen.add(chunk.file)
  for (const one of chunk.imports ?? []) scriptsOf(one, seen)
  return seen
}

const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry) ?? ''
const screens = Object.keys(manifest).filter((name) => /^screens\/[\w-]+\/[\w-]+-screen\.tsx$/.test(name))

describe('the built console', () => {
  it('has all screens', () => {
    expect(screens.map((name) => name.split('/')[1]).sort()).toEqual(
      readdirSync(join(import.meta.dirname, '../../src/console/screens')).sort(),
    )
  })

  it.each(screens)('loads at most 170 kB of script, gzipped, to show %s first', (screen) => {
    const scripts = new Set([...scriptsOf(entry), ...scriptsOf(screen)])
    const bytes = [...scripts].reduce((sum, file) => sum + gzipSync(readFileSync(join(build, file))).length, 0)
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES)
    expect(bytes).toBeGreaterThan(50_000)
  })

  it('has each script and style also compressed, and smaller', () => {
    const files = readdirSync(join(build, 'assets')).filter((name) => /\.(?:js|css)$/.test(name))
    const size = (name: string) => statSync(join(build, 'assets', name)).size
    expect(files.length).toBeGreaterThan(10)
    for (const file of files.filter((name) => size(name) > 1_000)) {
      expect(size(`${file}.gz`)).toBeLessThan(size(file))
      expect(size(`${file}.br`)).toBeLessThan(size(`${file}.gz`))
    }
  })

  it('runs no inline script and no inline style', () => {
    const page = readFileSync(join(build, 'index.html'), 'utf8')
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/)
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/)
  })
})
