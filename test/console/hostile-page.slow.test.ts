import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumRuns, signIn, useConsole } from './support/console.ts'

/** A page at another origin of the same site, to which the browser sends the session cookie too. */
const startAttacker = async () => {
  const visits: { path: string; headers: IncomingHttpHeaders }[] = []
  const server: Server = createServer((request, response) => {
    visits.push({ path: request.url ?? '', headers: request.headers })
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Free prizes</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, visits, close: () => new Promise((resolve) => server.close(resolve)) }
}

describe.runIf(chromiumRuns)('a hostile page in the browser of somebody who is signed in', { timeout: 60_000 }, () => {
  const console = useConsole()
  let attacker: Awaited<ReturnType<typeof startAttacker>>
  beforeAll(async () => {
    attacker = await startAttacker()
  })
  afterAll(() => attacker.close())

  /** The attacker's page beside an open console, with the victim's cookies. */
  const lured = async (): Promise<Page> => {
    const window = await console.window(console.people.owner)
    await window.open('/')
    await window.page.getByRole('heading', { name: 'Overview' }).waitFor()
    const page = await window.context.newPage()
    await page.goto(attacker.origin)
    return page
  }
  const names = async () => {
    const { data } = await console.people.owner.client.send(
      `{ organization(id: "${console.organizationId}") { suborganizations { name } } }`,
    )
    return JSON.stringify(data)
  }
  const mutation = (name: string) =>
    `mutation { createOrganization(input: { name: "${name}", parentId: "${console.organizationId}" }) { organization { id } } }`

  it('cannot show the console in a frame', async () => {
    const page = await lured()
    await page.evaluate((url) => {
      const frame = document.createElement('iframe')
      frame.src = `${url}/console/sign-in`
      document.body.append(frame)
      return new Promise((resolve) => frame.addEventListener('load', resolve))
    }, console.url)
    const frame = page.frames().find((one) => one !== page.mainFrame())
    expect(await frame?.content()).not.toContain('Keyturn')
    expect(frame?.url()).not.toContain(console.url)
  })

  it('changes nothing by fetch, by a form or by a beacon, and reads nothing', async () => {
    const page = await lured()
    const read = await page.evaluate(
      async ([url = '', query = '']) => {
        const body = JSON.stringify({ query })
        const attempts: RequestInit[] = [
          { method: 'POST', mode: 'no-cors', credentials: 'include', body },
          { method: 'POST', credentials: 'include', body, headers: { 'content-type': 'application/json' } },
          {
            method: 'POST',
            credentials: 'include',
            body,
            headers: { 'content-type': 'application/json', 'x-keyturn-console': '1' },
          },
        ]
        const texts: string[] = []
        for (const attempt of attempts)
          texts.push(
            await fetch(`${url}/graphql`, attempt).then(
              (answer) => answer.text(),
              () => 'refused',
            ),
          )
        navigator.sendBeacon(`${url}/graphql`, new Blob([body], { type: 'text/plain' }))
        texts.push(
          await fetch(`${url}/session`, { credentials: 'include' }).then(
            (answer) => answer.text(),
            () => 'refused',
          ),
        )
        return texts
      },
      [console.url, mutation('by fetch')],
    )
    expect(read.every((text) => text === '' || text === 'refused')).toBe(true)
    await page.evaluate(
      ([url = '', query = '']) => {
        const form = document.createElement('form')
        Object.assign(form, { action: `${url}/graphql`, method: 'post', enctype: 'text/plain' })
        const field = document.createElement('input')
        Object.assign(field, { name: `{"query":${JSON.stringify(query)},"x":"`, value: '"}' })
        form.append(field)
        document.body.append(form)
        form.submit()
      },
      [console.url, mutation('by form')],
    )
    await page.waitForURL(`${console.url}/graphql`)
    expect(await names()).not.toMatch(/by (fetch|form)/)
  })

  it('opens no WebSocket with the session', async () => {
    const page = await lured()
    const told = await page.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
          socket.onopen = () => socket.send('{"type":"connection_init"}')
          socket.onmessage = ({ data }) => resolve(String(data))
          socket.onerror = () => resolve('refused')
          socket.onclose = () => resolve('refused')
        }),
      console.url,
    )
    expect(told).toBe('refused')
  })

  it('gains nothing from a session cookie that it planted before the sign-in', async () => {
    const planted = await signIn(console.url, console.people.viewer)
    const window = await console.window(null)
    await window.context.addCookies([{ ...planted, url: console.url }])
    await window.open('/console/sign-in?reason=SESSION_ENDED')
    await window.page.getByLabel('Personal access key').fill(console.people.owner.secret)
    await window.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await window.page.getByRole('heading', { name: 'Overview' }).waitFor()
    const cookies = await window.context.cookies(console.url)
    const own = cookies.find(({ name }) => name === planted.name)
    expect(own).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
    expect(own?.value).not.toBe(planted.value)
    expect(await window.page.evaluate(() => document.cookie)).toBe('')
    const answer = await fetch(`${console.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        cookie: `${planted.name}=${planted.value}`,
        origin: console.url,
        'x-keyturn-console': '1',
      },
      body: '{"query":"{ viewer { user { name } } }"}',
    })
    expect(await answer.text()).not.toContain(console.people.owner.name)
  })

  it('learns no address of the console, as a referrer or as an opener', async () => {
    const window = await console.window(console.people.owner)
    await window.open(`/console/${console.organizationId}/keys?q=secret-project`)
    await window.page.getByRole('heading', { name: 'Keys' }).waitFor()
    const before = attacker.visits.length
    await window.page.evaluate((url) => location.assign(`${url}/arrived`), attacker.origin)
    await window.page.waitForURL(`${attacker.origin}/arrived`)
    expect(await window.page.evaluate(() => [document.referrer, globalThis.opener === null])).toEqual(['', true])
    const arrivals = attacker.visits.slice(before).filter(({ path: asked }) => asked === '/arrived')
    expect(arrivals.map(({ headers }) => headers.referer)).toEqual([undefined])
  })
})
