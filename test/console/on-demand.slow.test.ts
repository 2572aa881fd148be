import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { chromiumRuns, useConsole } from './support/console.ts'
import { makeKey } from './support/keys.ts'

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
  readonly dynamicImports?: readonly string[]
}

interface Opening {
  /** KEY stands for the id of a key. */
  readonly path: string
  readonly screen: string
  readonly prepare?: (page: Page) => Promise<unknown>
  readonly button: string
  readonly shows: string
}

const MENU = '[role=menu]'
const DIALOG = '[role=dialog]'

const OPENINGS: Readonly<Record<string, Opening>> = {
  'the menu of a row': { path: 'keys', screen: 'keys/keys', button: 'Actions for opened', shows: MENU },
  'the dialog that revokes the selected keys': {
    path: 'keys',
    screen: 'keys/keys',
    prepare: (page) => page.getByRole('checkbox', { name: 'Select opened' }).check(),
    button: 'Revoke…',
    shows: DIALOG,
  },
  'the command palette': { path: 'keys', screen: 'keys/keys', button: 'Search Ctrl K', shows: 'dialog[open]' },
  'the dialog that invites': { path: 'people', screen: 'people/people', button: 'Invite a person', shows: DIALOG },
  'the grants of a member': {
    path: 'people',
    screen: 'people/people',
    button: 'Change the grants of Vic Viewer',
    shows: DIALOG,
  },
  'the removal of a member': { path: 'people', screen: 'people/people', button: 'Remove Vic Viewer', shows: DIALOG },
}

/** Dialogs of a key, which are in its address. */
const DIALOGS = ['Rotate', 'Suspend', 'Revoke', 'Edit']

const build = join(inject('serverBuild'), 'console')
const manifest = JSON.parse(readFileSync(join(build, 'manifest.json'), 'utf8')) as Record<string, Chunk>
const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry) ?? ''

/** Another screen, or what a library loads for some browsers. */
const isNoOpening = (name: string): boolean => /-screen\.tsx$|node_modules/.test(name)

/** A chunk, all that it imports, and all that can be opened from there. */
const reachableFrom = (name: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(name)) return seen
  seen.add(name)
  const { imports = [], dynamicImports = [] } = manifest[name] ?? {}
  for (const one of [...imports, ...dynamicImports.filter((each) => !isNoOpening(each))]) reachableFrom(one, seen)
  return seen
}

/** The scripts of a screen and of everything that can be opened on it. */
const scriptsOf = (screen: string): string[] =>
  [...reachableFrom(entry), ...reachableFrom(`screens/${screen}-screen.tsx`)].map(
    (name) => manifest[name]?.file ?? name,
  )

/** Runs in the page: what the click shows is there when its event has been handled, before anything is loaded or painted. */
const clickShows = async (button: HTMLElement | SVGElement, selector: string): Promise<boolean> => {
  if (document.querySelector(selector) !== null) throw new Error(`${selector} is there before the click.`)
  button.dispatchEvent(new MouseEvent('click', { bubbles: true }))
  await Promise.resolve()
  return document.querySelector(selector) !== null
}

describe.runIf(chromiumRuns)('what a person opens', { timeout: 60_000 }, () => {
  const console = useConsole()
  let keyId: string
  beforeAll(async () => {
    keyId = (await makeKey(console.people.owner.client, { organizationId: console.organizationId, name: 'opened' })).id
  })

  /** A screen that nobody touched, with the code of everything that can be opened on it. */
  const untouched = async (path: string, screen: string) => {
    const window = await console.window(console.people.owner)
    const missing = new Set(scriptsOf(screen).map((file) => `${console.url}/console/${file}`))
    expect(missing.size).toBeGreaterThan(5)
    window.page.on('requestfinished', (request) => missing.delete(request.url()))
    await window.open(`/console/${console.organizationId}/${path.replace('KEY', keyId)}`)
    await expect.poll(() => [...missing], { timeout: 15_000 }).toEqual([])
    const later: string[] = []
    window.page.on('request', (request) => {
      if (request.resourceType() === 'script') later.push(request.url())
    })
    return { window, page: window.page, scriptsSince: later }
  }

  it.each(Object.entries(OPENINGS))('is shown by the click that asks for it: %s', async (_, opening) => {
    const { window, page, scriptsSince } = await untouched(opening.path, opening.screen)
    await opening.prepare?.(page)
    const button = page.getByRole('button', { name: opening.button, exact: true })
    expect(await button.evaluate(clickShows, opening.shows)).toBe(true)
    expect(scriptsSince).toEqual([])
    window.expectQuiet()
  })

  it.each(DIALOGS)('has its code before the click: the dialog of a key behind "%s"', async (name) => {
    const { window, page, scriptsSince } = await untouched('keys/KEY', 'key/key')
    await page.getByRole('button', { name, exact: true }).click()
    await page.getByRole('dialog').waitFor()
    expect(scriptsSince).toEqual([])
    window.expectQuiet()
  })
})
