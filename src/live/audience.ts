import type { AuditEvent } from '../audit/audit-event.ts'

type EventName = Pick<AuditEvent, 'organizationId' | 'sequence'>

/** Topics of one holder whose names are kept. */
const MAX_TOPICS = 100

/** All subscriptions to which an event is the same: their holders have the same rights, and they have the same topic. */
class Audience {
  private readonly name: string
  private event: EventName | null = null
  private eventName = ''

  constructor(name: string) {
    this.name = name
  }

  /** Identifies an event as this audience sees it. The text is made once, not for each of thousands of subscriptions. */
  nameOf(event: EventName): string {
    if (this.event !== event) {
      this.event = event
      this.eventName = `${event.organizationId} ${event.sequence} ${this.name}`
    }
    return this.eventName
  }
}

/** The audiences of a holder, by their topics. */
export class Audiences {
  private readonly rights: string
  private readonly byTopic = new Map<string, Audience>()

  /** @param rights equal for holders who see the same of every event */
  constructor(rights: string) {
    this.rights = rights
  }

  of(topic: string): Audience {
    let audience = this.byTopic.get(topic)
    if (audience === undefined) {
      // Topics of subscriptions that ended long ago must not stay.
      if (this.byTopic.size >= MAX_TOPICS) this.byTopic.clear()
      audience = new Audience(`${this.rights} ${topic}`)
      this.byTopic.set(topic, audience)
    }
    return audience
  }
}
