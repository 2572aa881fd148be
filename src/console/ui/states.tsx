import type { ReactNode } from 'react'
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
    <h2>{title}</h2>
    {children && <p>{children}</p>}
    {actions && <div className="empty__actions">{actions}</div>}
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

/** The outline of a table that loads, as high as its rows will be. */
export const TableSkeleton = ({ rows, label = 'Loading' }: { readonly rows: number; readonly label?: string }) => (
  <div className="table-skeleton" role="status" aria-label={label}>
    {Array.from({ length: rows }, (_, row) => `row-${row}`).map((key) => (
      <div key={key}>
        <span className="skeleton__line" />
        <span className="skeleton__line" />
        <span className="skeleton__line" />
      </div>
    ))}
  </div>
)
