import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createVerifier, VerifyError } from '../../src/verify/verify.ts'

/** A service behind `keyturn/verify`, as a process of its own: `tsx service.ts ISSUER AUDIENCE`. The key is in VERIFIER_KEY. */
const [, , issuer = '', audience = ''] = process.argv
const { VERIFIER_KEY: credential = '' } = process.env

const verifier = createVerifier({ issuer, audience, credential })
await verifier.ready()

const server = createServer((request, response) => {
  verifier.verifyRequest(request).then(
    () => response.writeHead(204).end(),
    (error) => response.writeHead(error instanceof VerifyError ? error.status : 500).end(),
  )
})
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.once('SIGTERM', () => process.exit(0))
