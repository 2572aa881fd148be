import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'

/** A self-signed certificate for 127.0.0.1 in a directory: the files of its key and of itself. */
export const makeCertificate = (directory: string, name: string): { readonly key: string; readonly cert: string } => {
  const [key, cert] = [join(directory, `${name}.key`), join(directory, `${name}.pem`)]
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2']
  const pair = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert]
  execFileSync('openssl', ['req', '-x509', ...pair, ...subject], { stdio: 'ignore' })
  return { key, cert }
}

/** A receiver of syslog by TLS on 127.0.0.1, with octet counting (RFC 5425). */
export interface SyslogReceiver {
  readonly port: number
  readonly messages: string[]
  /** Ends the connections and stops to listen, as a receiver that is restarted. */
  close(): Promise<void>
}

export const startSyslogReceiver = async (
  { key, cert }: { readonly key: string; readonly cert: string },
  port = 0,
): Promise<SyslogReceiver> => {
  const messages: string[] = []
  const sockets = new Set<TLSSocket>()
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
    sockets.add(socket)
    let pending = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk])
      for (let space = pending.indexOf(0x20); space > 0; space = pending.indexOf(0x20)) {
        const end = space + 1 + Number(pending.subarray(0, space).toString())
        if (!(end <= pending.length)) break
        messages.push(pending.subarray(space + 1, end).toString())
        pending = pending.subarray(end)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
