import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'

const ICONS = { neutral: 'info', info: 'info', good: 'check', warn: 'alert', bad: 'alert' } as const

export interface CalloutProps {
  readonly tone?: keyof typeof ICONS
  readonly children: ReactNode
  /** The role of a message that appears while the page is open; none for what is there from the start. */
  readonly role?: 'status' | 'alert'
}

/** A message within the page. A bad one is announced unless told otherwise. */
export const Callout = ({ tone = 'neutral', role, children }: CalloutProps) => (
  <div className="callout" data-tone={tone} role={role ?? (tone === 'bad' ? 'alert' : undefined)}>
    <Icon name={ICONS[tone]} />
    <div className="callout__body">{children}</div>
  </div>
)
