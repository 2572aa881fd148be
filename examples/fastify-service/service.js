// A build service. Clients call it with an access token for AUDIENCE, or with the secret of a key.
import { fastify } from 'fastify'
import { createVerifier, resourceMetadata } from 'keyturn/verify'
import { keyturn, requireGrant } from 'keyturn/verify/fastify'

const { KEYTURN_URL: issuer, KEYTURN_KEY: credential, AUDIENCE: audience, PORT = '8080' } = process.env
const METADATA_PATH = '/.well-known/oauth-protected-resource'

const verifier = createVerifier({ issuer, audience, credential })
await verifier.ready()

const app = fastify({ logger: { level: 'warn' } })
app.get(METADATA_PATH, async () => resourceMetadata({ resource: audience, issuer, scopes: ['build:operator'] }))
app.get('/healthz', async () => ({ revocations: verifier.feedState }))

// Everything in here needs a credential. The routes above do not.
await app.register(async (guarded) => {
  await guarded.register(keyturn, { verifier, metadataUrl: new URL(METADATA_PATH, audience).href })
  const builds = []
  guarded.get('/builds', { preHandler: requireGrant('build:viewer') }, async () => builds)
  guarded.post('/builds', { preHandler: requireGrant('build:operator') }, async (request, reply) => {
    const build = { id: builds.length + 1, startedBy: request.keyturn.subject }
    builds.push(build)
    return reply.status(201).send(build)
  })
})

await app.listen({ port: Number(PORT), host: '127.0.0.1' })
console.log(`listening on ${PORT}`)

process.once('SIGTERM', async () => {
  await app.close()
  await verifier.close()
})
