// Loaded into a server before anything else: it dies between the commit of an event and its publication, as if the power were
// cut in just that moment. SERVER_BUILD is the URL of the compiled service, DIE_AT the type of the event.

const { SERVER_BUILD, DIE_AT } = process.env
const { AuditFeed } = await import(`${SERVER_BUILD}/src/live/audit-feed.js`)

const { announce } = AuditFeed.prototype
AuditFeed.prototype.announce = function (events) {
  if (events.some(({ type }) => type === DIE_AT)) process.kill(process.pid, 'SIGKILL')
  announce.call(this, events)
}
