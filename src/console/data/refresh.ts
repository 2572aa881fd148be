import type { LiveEvent } from './live-event.ts'
import type { Reloader } from './reloader.ts'

/** What a query is about: the organization alone, or also everything below it. */
export type Reach = 'here' | 'below'

/** Tells the queries on the screen what happened, and when to load again; not in a hidden page. */
export class RefreshSignal {
  private readonly reloaders = new Map<Reloader, Reach>()
  private isOwed = false

  /** Returns what ends it. */
  add(reloader: Reloader, reach: Reach): () => void {
    this.reloaders.set(reloader, reach)
    return () => {
      this.reloaders.delete(reloader)
      reloader.stop()
    }
  }

  /** An event was written. */
  publish(event: LiveEvent): void {
    if (this.isHidden()) return
    for (const reloader of [...this.reloaders.keys()]) reloader.take(event)
  }

  /** Anything can have changed; `below` where that is below the organization. */
  request(reach: Reach = 'here'): void {
    if (this.isHidden()) return
    for (const [reloader, its] of [...this.reloaders]) if (reach === 'here' || its === 'below') reloader.request()
  }

  /** Catches up with what happened while the page was hidden. Returns what ends it. */
  followVisibility(): () => void {
    const shown = () => {
      if (document.visibilityState === 'hidden' || !this.isOwed) return
      this.isOwed = false
      this.request()
    }
    document.addEventListener('visibilitychange', shown)
    return () => document.removeEventListener('visibilitychange', shown)
  }

  private isHidden(): boolean {
    const isHidden = document.visibilityState === 'hidden'
    this.isOwed ||= isHidden
    return isHidden
  }
}
