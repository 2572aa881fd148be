import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'

type Handler = (event: AuditEvent) => void

/** The handlers of events in this process, by event type. */
export class EventHandlers {
  private readonly byType = new Map<AuditEventType, Handler[]>()
  private readonly gapHandlers = new Set<() => void>()

  /** The types that have a handler. No other types are read from the database. */
  get types(): readonly AuditEventType[] {
    return [...this.byType.keys()]
  }

  add<Type extends AuditEventType>(types: readonly Type[], handler: (event: AuditEvent<Type>) => void): void {
    // The handler is called for events of these types only, which the map's type cannot express.
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
