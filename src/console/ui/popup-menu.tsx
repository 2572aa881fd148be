import { Menu as Base } from '@base-ui/react/menu'
import { type ReactElement, useLayoutEffect, useState } from 'react'
import { Icon, type IconName } from './icon.tsx'
import { noteOpenMenu } from './open-menus.ts'

export interface MenuItem {
  readonly label: string
  readonly onSelect: () => void
  readonly icon?: IconName
  readonly danger?: boolean
  /** Why it is not possible. The item stays reachable and shows the reason below its label. */
  readonly disabledReason?: string | null | undefined
}

export interface MenuProps {
  /** The button that opens the menu. */
  readonly trigger: ReactElement<Record<string, unknown>>
  /** Groups of items, divided by lines. */
  readonly groups: readonly (readonly MenuItem[])[]
  readonly align?: 'start' | 'end'
}

/**
 * Base UI puts empty elements around a menu that pass the focus on, and hides them from assistive technology. What takes the
 * focus must not be hidden.
 */
const showFocusGuards = (popup: HTMLElement | null): void => {
  if (popup === null) return
  // Some follow the menu.
  requestAnimationFrame(() => {
    for (const guard of document.querySelectorAll('[data-base-ui-focus-guard]')) guard.removeAttribute('aria-hidden')
  })
}

/** The menu itself, open from the start. While it is open, nothing that is on the screen is loaded again. */
export const PopupMenu = ({ trigger, groups, align = 'end' }: MenuProps) => {
  const [isOpen, setOpen] = useState(true)
  useLayoutEffect(() => (isOpen ? noteOpenMenu() : undefined), [isOpen])
  return (
    <Base.Root modal={false} open={isOpen} onOpenChange={setOpen}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        {/* It is outside of the landmark that its button is in. */}
        <section aria-label="Menu">
          <Base.Positioner className="popup__positioner" sideOffset={4} collisionPadding={8} align={align}>
            <Base.Popup ref={showFocusGuards} className="popup">
              {groups
                .filter((items) => items.length > 0)
                .map((items, index) => (
                  <div key={items[0]?.label} role="presentation">
                    {index > 0 && <div className="menu-separator" role="presentation" />}
                    {items.map((item) => (
                      <Item key={item.label} {...item} />
                    ))}
                  </div>
                ))}
            </Base.Popup>
          </Base.Positioner>
        </section>
      </Base.Portal>
    </Base.Root>
  )
}

const Item = ({ label, onSelect, icon, danger, disabledReason }: MenuItem) => (
  <Base.Item
    className="menu-item"
    data-danger={danger && !disabledReason ? '' : undefined}
    aria-disabled={disabledReason ? true : undefined}
    closeOnClick={!disabledReason}
    onClick={() => {
      if (!disabledReason) onSelect()
    }}
  >
    {icon && <Icon name={icon} />}
    <span className="menu-item__text">
      {label}
      {disabledReason && <span className="small">{disabledReason}</span>}
    </span>
  </Base.Item>
)
