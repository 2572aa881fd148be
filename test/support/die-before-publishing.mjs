// Loaded into a server before anything else: it dies between the commit of a warning and its publication, as if the power
// were cut in just that moment. SERVER_BUILD is the URL of the compiled service.

const { AuditFeed } = await import(`${process.env.SERVER_BUILD}/src/live/audit-feed.js`)

const { announce } = AuditFeed.prototype
AuditFeed.prototype.announce = function (events) {
  if (events.some(({ type }) => type === 'KEY_EXPIRY_WARNING')) process.kill(process.pid, 'SIGKILL')
  announce.call(this, events)
}
