import type { InputIssues } from '../kernel/errors.ts'
import { checkLength } from '../kernel/list-input.ts'
import { checkEmail } from '../kernel/text.ts'
import { classifyAddress, literalAddress } from './channels/address-rule.ts'

/** The destination of a route. It may contain credentials, so it is stored encrypted. */
export type NotificationTarget =
  | { readonly channel: 'WEBHOOK' | 'SLACK'; readonly url: string }
  | { readonly channel: 'PAGERDUTY'; readonly routingKey: string; readonly url: string }
  | MailTarget

export interface MailTarget {
  readonly channel: 'EMAIL'
  readonly addresses: readonly string[]
  /** Whether the owner of the personal key receives the e-mail too. */
  readonly keyOwner: boolean
  /** Whether members with keys:manager receive the e-mail too. */
  readonly keyManagers: boolean
}

type Maybe<Value> = Value | null | undefined

export interface NotificationTargetInput {
  readonly webhook?: Maybe<{ readonly url: string }>
  readonly slack?: Maybe<{ readonly url: string }>
  readonly pagerDuty?: Maybe<{ readonly routingKey: string; readonly url?: Maybe<string> }>
  readonly email?: Maybe<{
    readonly addresses?: Maybe<readonly string[]>
    readonly keyOwner?: Maybe<boolean>
    readonly keyManagers?: Maybe<boolean>
  }>
}

/** Restrictions of targets by the configuration of the server. */
export interface TargetRules {
  /** CIDR ranges that notifications may reach besides public addresses. */
  readonly allowedRanges: readonly string[]
  /** Whether an SMTP server is configured. */
  readonly mail: boolean
}

const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue'
const LONGEST_URL = 2_048
const MOST_ADDRESSES = 50
const ROUTING_KEY = /^[0-9A-Za-z_-]{10,64}$/

/** Parses a target. Adds an issue for each fault, and returns null if there is one. */
export const checkTarget = (
  issues: InputIssues,
  input: NotificationTargetInput,
  rules: TargetRules,
): NotificationTarget | null => {
  const { webhook, slack, pagerDuty, email } = input
  const given = [webhook, slack, pagerDuty, email].filter((one) => one != null)
  if (given.length !== 1) {
    issues.add('target', 'must name exactly one of webhook, slack, pagerDuty and email')
    return null
  }
  if (webhook != null)
    return { channel: 'WEBHOOK', url: checkUrl(issues, 'target.webhook.url', webhook.url, rules.allowedRanges) }
  if (slack != null)
    return { channel: 'SLACK', url: checkUrl(issues, 'target.slack.url', slack.url, rules.allowedRanges) }
  if (pagerDuty != null) {
    if (!ROUTING_KEY.test(pagerDuty.routingKey))
      issues.add('target.pagerDuty.routingKey', 'must be the integration key of an Events API v2 integration')
    const url = checkUrl(issues, 'target.pagerDuty.url', pagerDuty.url ?? PAGERDUTY_URL, rules.allowedRanges)
    return { channel: 'PAGERDUTY', routingKey: pagerDuty.routingKey, url }
  }
  return email == null ? null : checkMail(issues, email, rules.mail)
}

const checkMail = (
  issues: InputIssues,
  input: NonNullable<NotificationTargetInput['email']>,
  configured: boolean,
): MailTarget => {
  const given = input.addresses ?? []
  const keyOwner = input.keyOwner ?? false
  const keyManagers = input.keyManagers ?? false
  if (!configured)
    issues.add(
      'target.email',
      'requires an SMTP server: ask the operator to set KEYTURN_SMTP_URL and KEYTURN_MAIL_FROM',
    )
  const fits = checkLength(issues, 'target.email.addresses', given, 'addresses', MOST_ADDRESSES)
  const addresses = fits
    ? given.map((address, index) => checkEmail(issues, `target.email.addresses.${index}`, address))
    : []
  if (fits && given.length === 0 && !keyOwner && !keyManagers)
    issues.add('target.email', 'must name addresses, keyOwner or keyManagers')
  return { channel: 'EMAIL', addresses: [...new Set(addresses)], keyOwner, keyManagers }
}

const checkUrl = (issues: InputIssues, path: string, text: string, allowedRanges: readonly string[]): string => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (text.length > LONGEST_URL) issues.add(path, `must have at most ${LONGEST_URL} characters`)
  else if (url === null || !['https:', 'http:'].includes(url.protocol))
    issues.add(path, 'must be a URL that starts with https://')
  else {
    const address = literalAddress(url.hostname)
    const kind = address === null ? 'public' : classifyAddress(address, allowedRanges)
    if (kind === 'refused')
      issues.add(
        path,
        'must not be a private address: the operator can allow one in KEYTURN_NOTIFICATION_ALLOWED_RANGES',
      )
    // A host name is resolved, and its addresses are checked, on each connection.
    else if (url.protocol === 'http:' && (allowedRanges.length === 0 || (address !== null && kind === 'public')))
      issues.add(path, 'must start with https://')
    return url.href
  }
  return text
}

const MASK = '****'
/** Longer parts of a path are taken for credentials. Shorter ones are words such as `services` or `v2`. */
const LONGEST_WORD = 12

/** The target as it may be shown, with every credential masked. */
export const hintOf = (target: NotificationTarget): string => {
  switch (target.channel) {
    case 'WEBHOOK':
      return maskedUrl(target.url)
    case 'SLACK': {
      // The path is the credential, whatever it looks like.
      const { protocol, host } = new URL(target.url)
      return `${protocol}//${host}/${MASK}`
    }
    case 'PAGERDUTY':
      return `${maskedUrl(target.url)} ${MASK}${target.routingKey.slice(-4)}`
    case 'EMAIL':
      return [
        ...target.addresses,
        ...(target.keyOwner ? ['owner of the key'] : []),
        ...(target.keyManagers ? ['members with keys:manager'] : []),
      ].join(', ')
  }
}

const maskedUrl = (text: string): string => {
  const url = new URL(text)
  const isWord = (part: string) => part.length <= LONGEST_WORD && (/^[a-z]*$/i.test(part) || /^v\d+$/.test(part))
  const path = url.pathname
    .split('/')
    .map((part) => (isWord(part) ? part : MASK))
    .join('/')
  const names = [...new Set(url.searchParams.keys())].map((name) => (isWord(name) ? name : MASK))
  const query = names.length === 0 ? '' : `?${names.map((name) => `${name}=${MASK}`).join('&')}`
  const user = url.username === '' && url.password === '' ? '' : `${MASK}@`
  return `${url.protocol}//${user}${url.host}${path}${query}`
}
