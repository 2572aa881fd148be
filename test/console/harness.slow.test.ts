import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, chromiumRuns } from '../support/chromium.ts'
import { ConsolePage } from './support/console-page.ts'
import { placesWith } from './support/no-secret.ts'
import { smallPng } from './support/small-png.ts'

const SECRET = 'kt_ak_secret'
const HTML = '<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1><p>Text</p></main></html>'

describe.runIf(chromiumRuns)("the console's test harness finds", () => {
  let server: Server
  let browser: Browser
  let origin: string
  beforeAll(async () => {
    server = createServer((_, response) => void response.setHeader('content-type', 'text/html').end(HTML))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await chromium.launch({ executablePath: CHROMIUM })
  })
  afterAll(async () => {
    await browser.close()
    server.close()
  })
  const opened = async (): Promise<ConsolePage> => {
    const page = new ConsolePage(await (await browser.newContext()).newPage(), origin)
    await page.open('/')
    return page
  }

  it.each<[string, (page: Page) => Promise<unknown>]>([
    ['DOM', (page) => page.evaluate((text) => document.body.setAttribute('data-x', text), SECRET)],
    [
      'values of fields',
      (page) =>
        page.evaluate((text) => {
          document.body.append(document.createElement('input'))
          for (const field of document.querySelectorAll('input')) field.value = text
        }, SECRET),
    ],
    ['localStorage', (page) => page.evaluate((text) => localStorage.setItem('a', text), SECRET)],
    ['sessionStorage', (page) => page.evaluate((text) => sessionStorage.setItem('a', text), SECRET)],
    ['history.state', (page) => page.evaluate((text) => history.replaceState({ text }, ''), SECRET)],
    ['URL', (page) => page.evaluate((text) => history.replaceState(null, '', `?a=${text}`), SECRET)],
    [
      'referrer',
      async (page) => {
        await page.evaluate((text) => history.replaceState(null, '', `?a=${text}`), SECRET)
        await page.evaluate(() => void location.assign('/other'))
        await page.waitForURL('**/other')
      },
    ],
    [
      'cookies that scripts can read',
      (page) => page.context().addCookies([{ name: 'a', value: SECRET, url: page.url() }]),
    ],
    [
      'IndexedDB',
      (page) =>
        page.evaluate(
          (text) =>
            new Promise<void>((resolve) => {
              const opening = indexedDB.open('a', 1)
              opening.onupgradeneeded = () => opening.result.createObjectStore('b').put({ text }, 1)
              opening.onsuccess = () => resolve(opening.result.close())
            }),
          SECRET,
        ),
    ],
  ])('a secret in: %s', async (place, hide) => {
    const { page } = await opened()
    expect(await placesWith(page, SECRET)).toEqual([])
    await hide(page)
    expect(await placesWith(page, SECRET)).toContain(place)
    await page.evaluate(() => {
      localStorage.clear()
      indexedDB.deleteDatabase('a')
    })
    await page.context().close()
  })

  it('errors of the page, requests to other origins, axe violations, and a page that is too wide', async () => {
    const quiet = await opened()
    quiet.expectQuiet()
    await quiet.expectAccessible()
    await quiet.expectNoSidewaysScroll()
    const loud = await opened()
    await loud.page.evaluate(() => console.error('broken'))
    expect(() => loud.expectQuiet()).toThrow(/broken/)
    loud.allow(/broken/)
    loud.expectQuiet()
    await loud.page.evaluate(() => fetch('http://localhost:9/').catch(() => undefined))
    expect(() => loud.expectQuiet()).toThrow()
    await loud.page.evaluate(() => document.body.append(document.createElement('img')))
    await expect(loud.expectAccessible()).rejects.toThrow(/axe, light/)
    await loud.page.evaluate(() => document.body.style.setProperty('width', '9999px'))
    await expect(loud.expectNoSidewaysScroll()).rejects.toThrow(/width/)
  })

  it('an equal picture with fewer bytes', async () => {
    const { page } = await opened()
    const png = await page.screenshot()
    const small = smallPng(png)
    expect(small.length).toBeLessThan(png.length)
    const differing = await page.evaluate(
      async ([left, right]) => {
        const pixels = async (base64 = '') => {
          const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob())
          const canvas = new OffscreenCanvas(picture.width, picture.height).getContext('2d')
          canvas?.drawImage(picture, 0, 0)
          return canvas?.getImageData(0, 0, picture.width, picture.height).data ?? []
        }
        const [before, after] = await Promise.all([pixels(left), pixels(right)])
        return (
          [...before].filter((value, at) => Math.abs(value - (after[at] ?? 0)) > 8).length +
          before.length -
          after.length
        )
      },
      [png.toString('base64'), small.toString('base64')],
    )
    expect(differing).toBe(0)
  })
})
