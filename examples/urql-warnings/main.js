// Prints the list of open warnings each time it changes. With ACKNOWLEDGE=1 it acknowledges each of them.
import { WebSocket } from 'ws'
import { followWarnings } from './warnings.js'

const { KEYTURN_URL: url, KEYTURN_KEY: key, KEYTURN_ORGANIZATION: organizationId, ACKNOWLEDGE } = process.env

const days = (seconds) => `${Math.round(seconds / 86_400)} days`
const warnings = followWarnings({
  url,
  key,
  organizationId,
  webSocketImpl: WebSocket,
  onChange: (open) => {
    console.log(`open: ${open.map((one) => `${one.key.name} (${days(one.secondsLeft)})`).join(', ') || 'none'}`)
    const [newest] = open
    if (ACKNOWLEDGE === '1' && newest !== undefined) void warnings.acknowledge(newest)
  },
  onError: (error) => {
    console.error(error.message)
    process.exitCode = 1
  },
})
