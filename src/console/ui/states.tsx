import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'

export interface EmptyStateProps {
  readonly icon?: IconName
  readonly title: string
  /** Why it is empty and what to do next. */
  readonly children?: ReactNode
  readonly actions?: ReactNode
}

/** What a list shows when it has nothing. */
export const EmptyState = ({ icon = 'list', title, children, actions }: EmptyStateProps) => (
  <div className="empty">
    <Icon name={icon} />
    <h3>{title}</h3>
    {children && <p>{children}</p>}
    {actions && <div className="empty__actions">{actions}</div>}
  </div>
)

export interface ErrorStateProps {
  readonly title?: string
  /** The message: what happened and what to do. */
  readonly children: ReactNode
  readonly onRetry?: (() => void) | undefined
  /** To find the failure in the server's log. */
  readonly requestId?: string | undefined
}

/** What a screen shows when its data cannot be read. */
export const ErrorState = ({ title = 'This could not be loaded', children, onRetry, requestId }: ErrorStateProps) => (
  <div className="empty" role="alert">
    <Icon name="alert" />
    <h3>{title}</h3>
    <p>{children}</p>
    {requestId && (
      <p className="small">
        Request <code>{requestId}</code>
      </p>
    )}
    {onRetry && (
      <div className="empty__actions">
        <Button icon="rotate" onClick={onRetry}>
          Try again
        </Button>
      </div>
    )}
  </div>
)

/** What a screen shows to somebody who may not read it; `grant` as in keys:viewer. */
export const NoPermission = ({ grant, what }: { readonly grant: string; readonly what: string }) => (
  <EmptyState icon="lock" title={`You cannot see ${what}`}>
    It needs the grant <code>{grant}</code>. An owner of the organization can give it to you.
  </EmptyState>
)

/** The outline of content that loads. */
export const Skeleton = ({ lines = 4, label = 'Loading' }: { readonly lines?: number; readonly label?: string }) => (
  <div className="skeleton" role="status" aria-label={label}>
    {Array.from({ length: lines }, (_, line) => `line-${line}`).map((key) => (
      <div key={key} className="skeleton__line" />
    ))}
  </div>
)
