import type { ReactNode } from 'react'

export type Tone = 'neutral' | 'info' | 'good' | 'warn' | 'bad'

export interface BadgeProps {
  readonly tone?: Tone
  readonly dot?: boolean
  readonly children: ReactNode
}

/** A word or a number in a pill. The word carries the meaning; the colour repeats it. */
export const Badge = ({ tone = 'neutral', dot = false, children }: BadgeProps) => (
  <span className="badge" data-tone={tone} data-dot={dot ? '' : undefined}>
    {children}
  </span>
)

const STATUS: Record<'ACTIVE' | 'SUSPENDED' | 'EXPIRED' | 'REVOKED', { tone: Tone; text: string }> = {
  ACTIVE: { tone: 'good', text: 'Active' },
  SUSPENDED: { tone: 'warn', text: 'Suspended' },
  EXPIRED: { tone: 'bad', text: 'Expired' },
  REVOKED: { tone: 'neutral', text: 'Revoked' },
}

export interface KeyStatusBadgeProps {
  readonly status: keyof typeof STATUS
  /** Whether a warning threshold has been crossed; shown in place of Active. */
  readonly expiringSoon?: boolean
}

/** The state of a key. */
export const KeyStatusBadge = ({ status, expiringSoon = false }: KeyStatusBadgeProps) => {
  const { tone, text } =
    status === 'ACTIVE' && expiringSoon ? { tone: 'warn' as const, text: 'Expiring soon' } : STATUS[status]
  return (
    <Badge tone={tone} dot>
      {text}
    </Badge>
  )
}

/** A grant as the command line and OAuth write it: module:role. */
export const GrantBadge = ({ module, role }: { readonly module: string; readonly role: string }) => (
  <code className="grant">{`${module}:${role.toLowerCase()}`}</code>
)
