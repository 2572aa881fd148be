import type { AuditEvent } from '../audit/audit-event.ts'

type EventName = Pick<AuditEvent, 'organizationId' | 'sequence'>

/** Largest number of audiences that one holder keeps. */
const MAX_TOPICS = 100

/** All subscriptions with the same topic whose holders have the same rights: each event has one value for all of them. */
class Audience {
  private readonly name: string
  private event: EventName | null = null
  private eventName = ''

  constructor(name: string) {
    this.name = name
  }

  /** The cache key of an event for this audience. Built once per event, not for each of thousands of subscriptions. */
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

  /** @param rights equal for holders who may read the same of every event */
  constructor(rights: string) {
    this.rights = rights
  }

  of(topic: string): Audience {
    let audience = this.byTopic.get(topic)
    if (audience === undefined) {
      // A long-lived connection must not accumulate the topics of subscriptions that have ended.
      if (this.byTopic.size >= MAX_TOPICS) this.byTopic.clear()
      audience = new Audience(`${this.rights} ${topic}`)
      this.byTopic.set(topic, audience)
    }
    return audience
  }
}
