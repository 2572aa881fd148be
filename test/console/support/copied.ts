import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Locator, Page } from 'playwright-core'
import { vi } from 'vitest'
import { compiled } from '../../support/server-process.ts'

const run = promisify(execFile)

export type Format = 'GraphQL' | 'curl' | 'keyturn command'

/** What "Copy as" puts on the clipboard; null where the format is refused. */
export const copyAs = async (page: Page, button: Locator, format: Format): Promise<string | null> => {
  await page.evaluate(() => navigator.clipboard.writeText(''))
  await button.click()
  const item = page.getByRole('menuitem', { name: format })
  await item.waitFor()
  const isRefused = (await item.getAttribute('aria-disabled')) === 'true'
  if (isRefused) {
    await page.keyboard.press('Escape')
    return null
  }
  await item.click()
  return vi.waitFor(async () => {
    const text = await page.evaluate(() => navigator.clipboard.readText())
    if (text === '') throw new Error('Nothing was copied.')
    return text
  }, 10_000)
}

/** Runs a copied text in a shell that knows the server and somebody's key, and no terminal. Rejects where it fails. */
export const runInShell = async (text: string, url: string, secret: string): Promise<string> => {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-copied-'))
  const { PATH = '' } = process.env
  const keyturn = `keyturn() { ${[process.execPath, ...compiled('cli/keyturn')].map((part) => `'${part}'`).join(' ')} "$@"; }`
  const env = { PATH, HOME: directory, KEYTURN_SERVER: url, KEYTURN_KEY: secret }
  const child = run('bash', ['-ec', `${keyturn}\n${text}`], { cwd: directory, env })
  child.child.stdin?.end()
  const { stdout } = await child
  return stdout
}

/** Sends a copied GraphQL document with the variables that are written below it. */
export const sendCopied = async (text: string, url: string, secret: string): Promise<string> => {
  const [, variables = '{}'] = /# Variables\n([\s\S]*)$/.exec(text) ?? []
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify({ query: text, variables: JSON.parse(variables.replaceAll(/^# /gm, '')) }),
  })
  return response.text()
}
