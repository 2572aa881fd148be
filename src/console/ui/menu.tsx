import { cloneElement, lazy, Suspense, useState } from 'react'
import type { MenuProps } from './popup-menu.tsx'

const load = () => import('./popup-menu.tsx')
const PopupMenu = lazy(async () => ({ default: (await load()).PopupMenu }))

/** Ahead of its use. Without a connection it is loaded when it is opened. */
const preload = () => void load().catch(() => undefined)

/** A menu of actions. Its code is loaded when the pointer or the focus comes to its button. */
export const Menu = (props: MenuProps) => {
  const [wasOpened, setOpened] = useState(false)
  const trigger = cloneElement(props.trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onPointerEnter: preload,
    onFocus: preload,
    onClick: () => setOpened(true),
  })
  if (!wasOpened) return trigger
  return (
    <Suspense fallback={trigger}>
      <PopupMenu {...props} />
    </Suspense>
  )
}
