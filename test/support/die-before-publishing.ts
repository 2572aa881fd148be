// Loaded into a server before anything else: it dies between the commit of a warning and its publication, as if the power
// were cut in just that moment.

import { AuditFeed } from '../../src/live/audit-feed.ts'

const announce = AuditFeed.prototype.announce
AuditFeed.prototype.announce = function (events) {
  if (events.some(({ type }) => type === 'KEY_EXPIRY_WARNING')) process.kill(process.pid, 'SIGKILL')
  announce.call(this, events)
}
