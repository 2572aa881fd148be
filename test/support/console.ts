import type { TestApp } from './boot.ts'
import { TestClient } from './client.ts'

/** The attributes of a Set-Cookie header, and the pair that a browser sends back. */
export const cookieOf = (response: Response): { pair: string; attributes: string[] } => {
  const [pair = '', ...attributes] = (response.headers.get('set-cookie') ?? '').split('; ')
  return { pair, attributes }
}

/** The answer of `POST /session`, as a page of the console asks for it. */
export const postSession = (app: TestApp, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${app.url}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: app.publicUrl, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

/** A browser with the cookie of a session, on a page of the console. */
export class ConsoleClient extends TestClient {
  readonly cookie: string
  private readonly origin: string

  constructor(url: string, cookie: string, origin: string) {
    super(url, null)
    this.cookie = cookie
    this.origin = origin
  }

  override get headers(): Record<string, string> {
    return { cookie: this.cookie, origin: this.origin, 'x-keyturn-console': '1' }
  }

  override get upgradeHeaders(): Record<string, string> {
    return { cookie: this.cookie, origin: this.origin }
  }

  signOut(headers: Record<string, string> = this.headers): Promise<Response> {
    return fetch(`${this.url}/session`, { method: 'DELETE', headers })
  }
}

/** A client by the cookie of a sign-in that succeeded. */
export const consoleWith = (app: TestApp, response: Response): ConsoleClient =>
  new ConsoleClient(app.url, cookieOf(response).pair, app.publicUrl)

/** Signs somebody in with a secret. */
export const signIn = async (
  app: TestApp,
  secret: string,
  headers: Record<string, string> = {},
): Promise<ConsoleClient> => {
  const response = await postSession(app, { secret }, headers)
  if (response.status !== 204) throw new Error(`The sign-in was answered with ${response.status}.`)
  return consoleWith(app, response)
}
