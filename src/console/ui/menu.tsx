import { cloneElement, useState } from 'react'
import { onDemand } from './on-demand.tsx'
import type { MenuProps } from './popup-menu.tsx'

const PopupMenu = onDemand<MenuProps>(
  async () => (await import('./popup-menu.tsx')).PopupMenu,
  ({ trigger }) => trigger,
)

/** A menu of actions. Its code is loaded when the pointer or the focus comes to its button, at the latest. */
export const Menu = (props: MenuProps) => {
  const [wasOpened, setOpened] = useState(false)
  if (wasOpened) return <PopupMenu {...props} />
  return cloneElement(props.trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onPointerEnter: PopupMenu.preload,
    onFocus: PopupMenu.preload,
    onClick: () => setOpened(true),
  })
}
