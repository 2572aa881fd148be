import { type ComponentProps, type MouseEvent, useId } from 'react'
import { Icon, type IconName } from './icon.tsx'
import { Tooltip } from './tooltip.tsx'
import { showTooltip } from './tooltip-layer.ts'

export type ButtonVariant = 'primary' | 'plain' | 'quiet' | 'danger' | 'danger-plain'
export type ButtonSize = 'normal' | 'small'

interface ButtonStyle {
  readonly variant?: ButtonVariant | undefined
  readonly size?: ButtonSize | undefined
}

/** The attributes that make another element (a router link) look like a button. */
export const buttonStyle = ({ variant = 'plain', size = 'normal' }: ButtonStyle = {}) => ({
  className: 'button',
  'data-variant': variant,
  'data-size': size,
})

interface BaseProps extends Omit<ComponentProps<'button'>, 'disabled' | 'className' | 'style'>, ButtonStyle {
  /** The action runs: the button shows it, keeps the focus, and ignores presses. */
  readonly busy?: boolean | undefined
  /**
   * Why the action is not possible, naming the missing grant where that is the reason. The button stays focusable, so
   * that people with a keyboard or a screen reader learn the reason too.
   */
  readonly disabledReason?: string | null | undefined
}

export interface ButtonProps extends BaseProps {
  readonly icon?: IconName | undefined
}

const BaseButton = ({
  variant,
  size,
  busy = false,
  disabledReason,
  tooltip,
  onClick,
  ...rest
}: BaseProps & { readonly tooltip?: string }) => {
  const reasonId = useId()
  const press = (event: MouseEvent<HTMLButtonElement>): void => {
    if (!disabledReason && !busy) {
      onClick?.(event)
      return
    }
    // Also stops the submission of a form.
    event.preventDefault()
    event.stopPropagation()
    // Touch screens have no hover, so a press needs an answer.
    if (disabledReason) showTooltip(event.currentTarget, disabledReason)
  }
  return (
    <>
      {/* Around it in every state: a button that is refused from now on must not lose the focus. */}
      <Tooltip text={disabledReason || tooltip}>
        <button
          type="button"
          {...rest}
          {...buttonStyle({ variant, size })}
          aria-disabled={Boolean(disabledReason) || busy || undefined}
          aria-busy={busy || undefined}
          aria-describedby={disabledReason ? reasonId : rest['aria-describedby']}
          onClick={press}
        />
      </Tooltip>
      {disabledReason && (
        <span id={reasonId} className="visually-hidden">
          {disabledReason}
        </span>
      )}
    </>
  )
}

const Spinner = () => <span className="spinner" aria-hidden="true" />

/** A button. Give it a verb; with `disabledReason` it says why the action is not possible. */
export const Button = ({ icon, children, ...rest }: ButtonProps) => (
  <BaseButton {...rest}>
    {rest.busy ? <Spinner /> : icon && <Icon name={icon} />}
    {children}
  </BaseButton>
)

export interface IconButtonProps extends Omit<BaseProps, 'children' | 'aria-label'> {
  readonly icon: IconName
  /** The accessible name, also shown as a tooltip. */
  readonly label: string
}

/** A square button with an icon alone. */
export const IconButton = ({ icon, label, ...rest }: IconButtonProps) => (
  <BaseButton variant="quiet" {...rest} tooltip={label} data-square="" aria-label={label}>
    {rest.busy ? <Spinner /> : <Icon name={icon} />}
  </BaseButton>
)
