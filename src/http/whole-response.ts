import { STATUS_CODES, type ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http'
import { KEY_EXPIRES_HEADER } from './key-expiry.ts'

/** Names and values in turn. */
type HeaderList = readonly string[]

export interface WholeAnswer {
  readonly status: number
  /** Beside those of every answer. The same array for the same headers is quicker. */
  readonly headers: HeaderList
  readonly body: string
}

/** What only this answer has. */
interface Origin {
  /** Valid in a header. */
  readonly requestId: string
  readonly keyExpiresAt: Date | null
}

interface WithHead {
  _header: string | null
}

/** Node.js keeps the head of a response there, until it writes it together with the first part of the body. */
const keepsHead = (response: ServerResponse): response is ServerResponse & WithHead =>
  '_header' in response && response._header === null

/** Throws for characters that would end a line. */
const linesOf = (headers: HeaderList): string => {
  let lines = ''
  for (let index = 0; index < headers.length; index += 2) {
    const [name = '', value = ''] = [headers[index], headers[index + 1]]
    validateHeaderName(name)
    validateHeaderValue(name, value)
    lines += `${name}: ${value}\r\n`
  }
  return lines
}

/** A text with one character for each byte of the UTF-8 form of another one. */
const bytesOf = (text: string, byteLength: number): string =>
  text.length === byteLength ? text : Buffer.from(text).toString('latin1')

/**
 * Sends responses whose body is known, each as one text with one write. Node.js checks each header of each response, joins them
 * piece by piece, and passes the end of the body on as a piece of its own, which all takes longer than the write.
 */
export class WholeResponses {
  private readonly always: HeaderList
  private readonly alwaysLines: string
  private readonly keepAliveMs: () => number
  /** The first lines of the last response: most responses have the same ones for a second, until the date changes. */
  private lines = ''
  private linesFor: { readonly status: number; readonly headers: HeaderList; readonly second: number } | null = null
  /** The line of the last caller whose key expires: one resource server sends many requests. */
  private expiryLine = ''
  private expiryLineFor: Date | null = null

  /** @param always headers of each response */
  constructor(always: HeaderList, keepAliveMs: () => number) {
    this.always = always
    this.alwaysLines = linesOf(always)
    this.keepAliveMs = keepAliveMs
  }

  send(response: ServerResponse, { status, headers, body }: WholeAnswer, { requestId, keyExpiresAt }: Origin): void {
    const byteLength = Buffer.byteLength(body)
    // Of the others Node.js decides whether the connection ends with this response.
    if (response.shouldKeepAlive && response.req.headers.expect === undefined && keepsHead(response)) {
      const expiry = keyExpiresAt === null ? '' : this.lineOfExpiry(keyExpiresAt)
      const first = this.firstLines(status, headers)
      response.statusCode = status
      response._header = `${first}x-request-id: ${requestId}\r\n${expiry}content-length: ${byteLength}\r\n\r\n${bytesOf(body, byteLength)}`
      response.end()
      return
    }
    const all = [...this.always, ...headers, 'x-request-id', requestId, 'content-length', String(byteLength)]
    if (keyExpiresAt !== null) all.push(KEY_EXPIRES_HEADER, keyExpiresAt.toISOString())
    response.writeHead(status, all).end(body)
  }

  private lineOfExpiry(at: Date): string {
    if (at !== this.expiryLineFor) {
      this.expiryLine = `${KEY_EXPIRES_HEADER}: ${at.toISOString()}\r\n`
      this.expiryLineFor = at
    }
    return this.expiryLine
  }

  private firstLines(status: number, headers: HeaderList): string {
    const second = Math.floor(Date.now() / 1000)
    const last = this.linesFor
    if (last === null || last.headers !== headers || last.status !== status || last.second !== second) {
      const keepAliveSeconds = Math.floor(this.keepAliveMs() / 1000)
      const keepAlive = keepAliveSeconds === 0 ? '' : `Keep-Alive: timeout=${keepAliveSeconds}\r\n`
      const date = new Date(second * 1000).toUTCString()
      const lines = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${this.alwaysLines}${linesOf(headers)}Date: ${date}\r\nConnection: keep-alive\r\n${keepAlive}`
      // Joined from pieces, it would be walked piece by piece for each response.
      this.lines = Buffer.from(lines, 'latin1').toString('latin1')
      this.linesFor = { status, headers, second }
    }
    return this.lines
  }
}
