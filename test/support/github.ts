import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A signer of reports with its list of public keys, served on 127.0.0.1 as GitHub serves its own. */
export interface GitHub {
  readonly keysUrl: string
  /** How many times the list was fetched. */
  readonly fetches: () => number
  /** How the server of the list answers; the list itself by default. */
  answer: (response: ServerResponse) => void
  /** Adds a key to the list and signs with it from now on. Returns its id. */
  rotate(): string
  /** The headers of a report with this body. */
  headersOf(body: string, keyId?: string): Record<string, string>
  close(): Promise<void>
}

export const startGitHub = async (curve: 'P-256' | 'P-384' = 'P-256'): Promise<GitHub> => {
  const listed: { key_identifier: string; key: string; is_current: boolean }[] = []
  let signing: { readonly id: string; readonly key: KeyObject }
  let fetches = 0
  const server = createServer((_, response) => {
    fetches += 1
    github.answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const rotate = () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve })
    const id = `key-${listed.length + 1}`
    signing = { id, key: privateKey }
    const key = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    listed.push({ key_identifier: id, key, is_current: true })
    return id
  }
  rotate()
  const github: GitHub = {
    keysUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/meta/public_keys/secret_scanning`,
    fetches: () => fetches,
    answer: (response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ public_keys: listed })),
    rotate,
    headersOf: (body, keyId) => ({
      'content-type': 'application/json',
      'github-public-key-identifier': keyId ?? signing.id,
      'github-public-key-signature': sign('sha256', Buffer.from(body), signing.key).toString('base64'),
    }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return github
}
