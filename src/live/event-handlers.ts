import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'

type Handler = (event: AuditEvent) => void

/** The parts of this process that cache something, by the types of events that they must receive. */
export class EventHandlers {
  private readonly byType = new Map<AuditEventType, Handler[]>()
  private readonly gapHandlers = new Set<() => void>()

  /** The types that have a handler: no others are read from the database for them. */
  get types(): readonly AuditEventType[] {
    return [...this.byType.keys()]
  }

  add<Type extends AuditEventType>(types: readonly Type[], handler: (event: AuditEvent<Type>) => void): void {
    // It is called for events of these types alone, which the compiler cannot follow through the map.
    for (const type of types) this.byType.set(type, [...(this.byType.get(type) ?? []), handler as Handler])
  }

  addForGaps(handler: () => void): void {
    this.gapHandlers.add(handler)
  }

  notify(events: readonly AuditEvent[]): void {
    for (const event of events) for (const handler of this.byType.get(event.type) ?? []) handler(event)
  }

  notifyGap(): void {
    for (const handler of this.gapHandlers) handler()
  }
}
