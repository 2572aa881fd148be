import type { ReactNode } from 'react'

export interface PageHeaderProps {
  /** A link to the list that this belongs to. */
  readonly parent?: ReactNode
  readonly title: ReactNode
  /** Badges beside the title. */
  readonly status?: ReactNode
  readonly description?: ReactNode
  readonly actions?: ReactNode
}

/** The top of a screen: its one h1, what it is, and its actions. */
export const PageHeader = ({ parent, title, status, description, actions }: PageHeaderProps) => (
  <header className="page-header">
    <div className="page-header__text">
      {parent && (
        <nav className="page-header__parent" aria-label="Up">
          {parent}
        </nav>
      )}
      <div className="page-header__title">
        <h1>{title}</h1>
        {status}
      </div>
      {description && <p>{description}</p>}
    </div>
    {actions && <div className="row">{actions}</div>}
  </header>
)

export interface CardProps {
  readonly title?: ReactNode
  readonly description?: ReactNode
  readonly actions?: ReactNode
  /** For tables and lists: no padding around the content. */
  readonly flush?: boolean
  readonly children: ReactNode
}

/** A titled area of a screen. */
export const Card = ({ title, description, actions, flush = false, children }: CardProps) => (
  <section className="card">
    {(title || actions) && (
      <header className="card__header">
        <div>
          <h2>{title}</h2>
          {description && <p>{description}</p>}
        </div>
        {actions && <div className="row">{actions}</div>}
      </header>
    )}
    <div className="card__body" data-flush={flush ? '' : undefined}>
      {children}
    </div>
  </section>
)

export interface Fact {
  readonly name: string
  readonly value: ReactNode
}

/** Names and values, one pair a line. Empty values are left out. */
export const Facts = ({ facts }: { readonly facts: readonly Fact[] }) => (
  <dl className="facts">
    {facts
      .filter(({ value }) => value !== null && value !== undefined && value !== '')
      .map(({ name, value }) => (
        <FactLine key={name} name={name} value={value} />
      ))}
  </dl>
)

const FactLine = ({ name, value }: Fact) => (
  <>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </>
)
