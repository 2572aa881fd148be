import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they sent.
  readonly body: any
}

/** How a receiver answers. */
export type Answer = (request: Received, response: ServerResponse) => void

export const answering =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(status, headers).end()

/** A receiver of notifications on 127.0.0.1, which records what it gets. */
export interface Receiver {
  readonly url: string
  readonly requests: Received[]
  answer: Answer
  close(): Promise<void>
}

export const startReceiver = async (answer: Answer = answering(204)): Promise<Receiver> => {
  const requests: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const received = { path: request.url ?? '', headers: request.headers, text, body: JSON.parse(text) }
      requests.push(received)
      receiver.answer(received, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return receiver
}
