import type { LiveEvent } from '../../data/live-event.ts'

/** Whether an event can change what is shown of a key: it is about the key, or about no key in particular. */
export const isAboutKey =
  (keyId: string) =>
  ({ targetId }: LiveEvent): boolean =>
    targetId === keyId || targetId?.startsWith('key_') !== true
