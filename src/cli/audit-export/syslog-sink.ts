import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { failed, wrongUsage } from '../command-error.ts'
import { type ExportItem, type ExportSink, positionOf, SinkLost } from './export-sink.ts'
import type { ExportPosition } from './export-state.ts'

export interface SyslogTarget {
  readonly host: string
  readonly port: number
  /** PEM of the trusted certificate authorities; null for those of the system. */
  readonly ca: Buffer | null
}

/** RFC 5425 section 4.1. */
const DEFAULT_PORT = 6514
const CONNECT_TIMEOUT_MS = 10_000
/** A closed connection is noticed within this time, if the network works. */
const SETTLING_MS = 2_000
const CLOSE_TIMEOUT_MS = 5_000

/** Reads `tls://host:port`. Throws CommandError. */
export const syslogTarget = (text: string, caFile: string | undefined): SyslogTarget => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol !== 'tls:' || url.hostname === '' || !['', '/'].includes(url.pathname) || url.search !== '')
    throw wrongUsage('Write the address of a syslog receiver as tls://host:6514.')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return {
    host,
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    ca: caFile === undefined ? null : readCa(caFile),
  }
}

const readCa = (path: string): Buffer => {
  let pem: Buffer
  try {
    pem = readFileSync(path)
  } catch (error) {
    throw failed(`The file ${path} cannot be read: ${(error as Error).message}`)
  }
  if (!isCertificate(pem)) throw failed(`The file ${path} has no certificate in PEM.`)
  return pem
}

/** Node.js accepts a file without a certificate, and then trusts no receiver. */
const isCertificate = (pem: Buffer): boolean => {
  try {
    return new X509Certificate(pem).subject !== undefined
  } catch {
    return false
  }
}

/**
 * Sends messages over TLS (RFC 5425). Syslog has no acknowledgements: a message counts as delivered if its connection was
 * still open two seconds later, or was closed cleanly. Others are sent again over the next connection.
 */
export class SyslogSink implements ExportSink {
  private readonly socket: TLSSocket
  private sent: { readonly position: ExportPosition; readonly at: number }[] = []
  private position: ExportPosition | null = null
  private lost: Error | null = null
  private closing = false

  private constructor(socket: TLSSocket) {
    this.socket = socket
    socket.on('error', (error) => this.lose(error))
    socket.on('end', () => this.lose(new Error('it closed the connection')))
    socket.on('close', () => this.lose(new Error('the connection was closed')))
    // A receiver sends nothing, but only reading notices that it has closed the connection.
    socket.resume()
  }

  /** Connects, and verifies the certificate of the receiver. Throws SinkLost. */
  static open({ host, port, ca }: SyslogTarget): Promise<SyslogSink> {
    return new Promise((resolve, reject) => {
      const socket = connect({
        host,
        port,
        minVersion: 'TLSv1.2',
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ...(ca === null ? {} : { ca }),
      })
      const fail = (error: Error) => {
        socket.destroy()
        reject(lostBy(error))
      }
      const timer = setTimeout(() => fail(new Error('it does not answer')), CONNECT_TIMEOUT_MS)
      socket.once('error', fail)
      socket.once('close', () => clearTimeout(timer))
      socket.once('secureConnect', () => {
        clearTimeout(timer)
        socket.removeListener('error', fail)
        socket.setKeepAlive(true, CONNECT_TIMEOUT_MS)
        resolve(new SyslogSink(socket))
      })
    })
  }

  async write(items: readonly ExportItem[]): Promise<void> {
    if (this.lost !== null) throw lostBy(this.lost)
    const bytes = Buffer.concat(items.map((item) => item.bytes))
    await new Promise<void>((resolve, reject) =>
      this.socket.write(bytes, (error) => (error == null ? resolve() : reject(lostBy(error)))),
    )
    const position = positionOf(items)
    if (position !== null) this.sent.push({ position, at: performance.now() })
  }

  settled(): ExportPosition | null {
    if (this.lost === null) this.settleUntil(performance.now() - SETTLING_MS)
    return this.position
  }

  async close(): Promise<void> {
    if (this.lost !== null) throw lostBy(this.lost)
    this.closing = true
    const closed = new Promise<void>((resolve) => this.socket.once('close', () => resolve()))
    const timer = setTimeout(() => this.socket.destroy(new Error('it does not close the connection')), CLOSE_TIMEOUT_MS)
    this.socket.end()
    await closed
    clearTimeout(timer)
    if (this.lost !== null) throw lostBy(this.lost)
    this.settleUntil(Number.POSITIVE_INFINITY)
  }

  private settleUntil(instant: number): void {
    for (let [first] = this.sent; first !== undefined && first.at <= instant; [first] = this.sent) {
      this.position = first.position
      this.sent.shift()
    }
  }

  private lose(error: Error): void {
    // After our own end, that of the other side is in order; an error is not.
    if (this.closing && ['it closed the connection', 'the connection was closed'].includes(error.message)) return
    this.lost ??= error
    this.socket.destroy()
  }
}

/** Codes of OpenSSL and Node.js for a certificate that is not accepted. */
const OF_CERTIFICATES =
  /^(?:CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|INVALID_|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME_INVALID)/

const lostBy = (error: Error & { readonly code?: unknown }): SinkLost =>
  typeof error.code === 'string' && OF_CERTIFICATES.test(error.code)
    ? new SinkLost(
        `The certificate of the syslog receiver is not accepted (${error.code}): ${error.message}. --ca takes the PEM of its authority`,
      )
    : new SinkLost(`The syslog receiver is not reachable: ${error.message}`)
