// Rotates the key that this job runs with. A key may always rotate itself.
//
//   1. The new secret is stored before the old one ends. STORE_COMMAND receives it on standard input.
//   2. The new secret is used once, so a secret that does not work is noticed here.
//   3. Only then the old secret ends. If anything fails before, the rotation is cancelled and the old secret goes on.
import { spawnSync } from 'node:child_process'
import { createKeyturnClient } from 'keyturn/client'
import { CancelRotationDocument, CompleteRotationDocument, RotateKeyDocument, ViewerDocument } from 'keyturn/documents'

const { KEYTURN_URL, KEYTURN_KEY, STORE_COMMAND = 'gh secret set KEYTURN_KEY' } = process.env
const clientOf = (credential) => createKeyturnClient({ url: `${KEYTURN_URL}/graphql`, credential })

const store = (secret) => {
  const { status } = spawnSync(STORE_COMMAND, { shell: true, input: secret, stdio: ['pipe', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`The secret could not be stored: ${STORE_COMMAND} ended with ${status}.`)
}

const old = clientOf(KEYTURN_KEY)
const { viewer } = await old.execute(ViewerDocument)
const { id, name, secrets } = viewer.key
if (secrets.some(({ state }) => state === 'RETIRING')) {
  // An earlier run was stopped in between. This job has either its new secret, or the one from before.
  const current = secrets.find(({ state }) => state === 'CURRENT')
  const isStored = current.hint.slice(-4) === KEYTURN_KEY.slice(-4)
  await old.execute(isStored ? CompleteRotationDocument : CancelRotationDocument, { id })
}
const { rotateKey } = await old.execute(RotateKeyDocument, { input: { id, overlap: 'PT1H' } })
try {
  store(rotateKey.secret)
  await clientOf(rotateKey.secret).execute(ViewerDocument)
} catch (error) {
  await old.execute(CancelRotationDocument, { id })
  console.error(`${error.message} The rotation of ${name} was cancelled; its old secret goes on.`)
  process.exit(1)
}
await clientOf(rotateKey.secret).execute(CompleteRotationDocument, { id })
console.log(`${name} was rotated. It expires ${rotateKey.key.expiresAt ?? 'never'}.`)
