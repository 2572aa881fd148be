import { type ComponentType, useEffect, useState } from 'react'

/** A screen comes first; what it opens later is not needed at once. */
const LOAD_MS = 1_500

type OnDemand<P> = ComponentType<P> & {
  /** Ahead of its use. Without a connection it is loaded when it is shown. */
  readonly preload: () => void
}

/**
 * A component whose code is loaded when it is shown, at the latest: otherwise a moment after the module that names it. Once
 * loaded, it renders at once. Until then `Pending` stands in its place. Where loading fails, it throws what the import threw.
 *
 * Not `lazy`: that suspends at its first rendering even where the code is there, and React postpones what replaces the
 * fallback by 300 ms.
 */
export const onDemand = <P extends object>(
  load: () => Promise<ComponentType<P>>,
  Pending: ComponentType<P> = () => null,
): OnDemand<P> => {
  let loaded: ComponentType<P> | undefined
  const loadOnce = async (): Promise<ComponentType<P>> => {
    loaded ??= await load()
    return loaded
  }
  const preload = () => void loadOnce().catch(() => undefined)
  const Part = (props: P) => {
    const [Loaded, setLoaded] = useState(() => loaded)
    useEffect(() => {
      if (Loaded !== undefined) return
      const show = (component: ComponentType<P>) => setLoaded(() => component)
      const fail = (error: unknown) =>
        // Thrown while it renders, so that the boundary of the screen catches it.
        setLoaded(() => {
          throw error
        })
      loadOnce().then(show, fail)
    }, [Loaded])
    const Shown = Loaded ?? Pending
    return <Shown {...props} />
  }
  setTimeout(preload, LOAD_MS)
  return Object.assign(Part, { preload })
}
