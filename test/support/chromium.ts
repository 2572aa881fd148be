import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import WebSocket from 'ws'

const CHROMIUM = '/usr/bin/chromium'

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Whatever a page asks of any other host fails: it has to work without the internet.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--remote-debugging-port=0',
  '--window-size=1400,900',
]

const wanted = (): boolean => {
  if (existsSync(CHROMIUM)) return true
  if (process.env.CI === 'true') throw new Error(`${CHROMIUM} is missing, and CI must test with a browser.`)
  console.warn(`\n!!! ${CHROMIUM} is missing: the tests in a browser are SKIPPED (apt-get install chromium).\n`)
  return false
}

/** Whether tests in a browser run here; without one they are skipped, loudly, and in CI they fail. */
export const chromiumRuns = wanted()

interface Message {
  readonly id?: number
  readonly sessionId?: string
  readonly method?: string
  readonly params?: Record<string, unknown>
  readonly result?: Record<string, unknown>
  readonly error?: { readonly message: string }
}

/** The DevTools protocol, over one connection to the browser. */
class DevTools {
  private readonly socket: WebSocket
  private readonly pending = new Map<number, (message: Message) => void>()
  private readonly listeners = new Map<string, (message: Message) => void>()
  private lastId = 0

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (text) => {
      const message = JSON.parse(String(text)) as Message
      if (message.id === undefined) this.listeners.get(message.sessionId ?? '')?.(message)
      else this.pending.get(message.id)?.(message)
    })
  }

  /** Opens a page that shares nothing with any other; everything that is said in its session goes to the listener. */
  async openPage(listener: (message: Message) => void): Promise<string> {
    const { browserContextId } = await this.send('Target.createBrowserContext')
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank', browserContextId })
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true })
    await this.listenTo(sessionId as string, listener)
    return sessionId as string
  }

  /** Hears what is said in a session, and in those of the workers that are started from it. */
  private async listenTo(sessionId: string, listener: (message: Message) => void): Promise<void> {
    this.listeners.set(sessionId, (message) => {
      if (message.method === 'Target.attachedToTarget')
        void this.listenTo(message.params?.sessionId as string, listener).catch(() => undefined)
      else listener(message)
    })
    for (const domain of ['Runtime', 'Log', 'Network']) await this.send(`${domain}.enable`, {}, sessionId)
    const workers = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true }
    await this.send('Target.setAutoAttach', workers, sessionId)
  }

  async send(
    method: string,
    params: Record<string, unknown> = {},
    sessionId?: string,
  ): Promise<Record<string, unknown>> {
    this.lastId += 1
    const id = this.lastId
    const { result, error } = await new Promise<Message>((resolve) => {
      this.pending.set(id, resolve)
      this.socket.send(JSON.stringify({ id, method, params, sessionId }))
    })
    this.pending.delete(id)
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result ?? {}
  }
}

/** A page in a browser, as somebody who sits in front of it has it. */
export class BrowserPage {
  /** What the browser or the page complained of: errors, and violations of the page's content security policy. */
  readonly complaints: string[] = []
  /** Addresses that the page asked for, data and blob ones left out. */
  readonly requested: string[] = []
  private readonly tools: DevTools
  private readonly session: Promise<string>

  constructor(tools: DevTools) {
    this.tools = tools
    this.session = tools.openPage((message) => this.hear(message))
  }

  async open(url: string): Promise<void> {
    await this.send('Page.bringToFront')
    await this.send('Page.navigate', { url })
  }

  close(): Promise<unknown> {
    return this.send('Page.close')
  }

  /** The value of a JavaScript expression in the page; a promise is waited for. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`)
    return (result as { value: T }).value
  }

  /** Whether the element is there. */
  has(selector: string): Promise<boolean> {
    return this.evaluate(`document.querySelector(${JSON.stringify(selector)}) !== null`)
  }

  /** What can be read in the element. */
  textOf(selector: string): Promise<string> {
    return this.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`)
  }

  /** Clicks into the middle of the element; of several, on the first with that text. */
  async click(selector: string, text = ''): Promise<void> {
    const at = await this.evaluate<{ x: number; y: number } | null>(
      `(() => {
        const all = [...document.querySelectorAll(${JSON.stringify(selector)})]
        const box = all.find((one) => one.innerText.includes(${JSON.stringify(text)}))?.getBoundingClientRect()
        return box === undefined ? null : { x: box.x + box.width / 2, y: box.y + box.height / 2 }
      })()`,
    )
    if (at === null) throw new Error(`There is no ${selector} to click on.`)
    for (const type of ['mousePressed', 'mouseReleased'])
      await this.send('Input.dispatchMouseEvent', { type, ...at, button: 'left', clickCount: 1 })
  }

  /** Replaces what is written in the focused editor, as by hand: select all, then type. */
  async write(text: string): Promise<void> {
    const selectAll = { key: 'a', code: 'KeyA', windowsVirtualKeyCode: 65, modifiers: 2 }
    await this.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...selectAll })
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...selectAll })
    await this.send('Input.insertText', { text })
  }

  async screenshot(file: string): Promise<void> {
    const { data } = await this.send('Page.captureScreenshot', { format: 'png' })
    writeFileSync(file, Buffer.from(data as string, 'base64'))
  }

  private async send(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return this.tools.send(method, params, await this.session)
  }

  private hear({ method, params = {} }: Message): void {
    if (method === 'Log.entryAdded') {
      const { level, text } = params.entry as { level: string; text: string }
      if (level === 'error' || level === 'warning') this.complaints.push(text)
    } else if (method === 'Runtime.exceptionThrown') this.complaints.push(JSON.stringify(params.exceptionDetails))
    else if (method === 'Runtime.consoleAPICalled' && (params.type === 'error' || params.type === 'warning'))
      this.complaints.push(JSON.stringify(params.args))
    else if (method === 'Network.requestWillBeSent') {
      const { url } = params.request as { url: string }
      if (!/^(data|blob):/.test(url)) this.requested.push(url)
    }
  }
}

const endpointOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let output = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const endpoint = /^DevTools listening on (ws:\S+)$/m.exec(output)?.[1]
      if (endpoint !== undefined) resolve(endpoint)
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`Chromium ended before it was there: ${output}`)))
  })

/** A browser of a test's own. */
export interface Browser {
  newPage(): BrowserPage
  close(): Promise<void>
}

/** Starts a browser with an empty profile. */
export const openBrowser = async (): Promise<Browser> => {
  const profile = mkdtempSync(join(tmpdir(), 'keyturn-chromium-'))
  const child = spawn(CHROMIUM, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const socket = new WebSocket(await endpointOf(child), { maxPayload: 2 ** 28 })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const tools = new DevTools(socket)
  return {
    newPage: () => new BrowserPage(tools),
    close: async () => {
      socket.close()
      child.kill('SIGKILL')
      await ended
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
