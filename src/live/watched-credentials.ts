import type { WatchedCredential } from './watched-credential.ts'

/** The credentials in use, by their ids and by the ids that events about them name. */
export class WatchedCredentials<Watcher> {
  private readonly byId = new Map<string, WatchedCredential<Watcher>>()
  private readonly byName = new Map<string, Set<WatchedCredential<Watcher>>>()

  get size(): number {
    return this.byId.size
  }

  get(id: string): WatchedCredential<Watcher> | undefined {
    return this.byId.get(id)
  }

  values(): IterableIterator<WatchedCredential<Watcher>> {
    return this.byId.values()
  }

  /** The credentials that an event about this id concerns. */
  named(name: string): Iterable<WatchedCredential<Watcher>> {
    return this.byName.get(name) ?? []
  }

  add(credential: WatchedCredential<Watcher>): void {
    this.byId.set(credential.presented.id, credential)
    for (const name of credential.names) {
      const named = this.byName.get(name)
      if (named === undefined) this.byName.set(name, new Set([credential]))
      else named.add(credential)
    }
  }

  delete(credential: WatchedCredential<Watcher>): void {
    this.byId.delete(credential.presented.id)
    for (const name of credential.names) {
      const named = this.byName.get(name)
      named?.delete(credential)
      if (named?.size === 0) this.byName.delete(name)
    }
  }
}
