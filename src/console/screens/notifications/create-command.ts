import type { CreateNotificationRouteInput, NotificationTargetInput } from '../../generated/graphql.ts'
import { shellQuote } from '../../shell/shell-quote.ts'

/** Stands for a credential in what is copied: a copy may end in a chat or a script. */
const PLACEHOLDER = 'REPLACE_ME'

/** The target as it may be copied: the URL of Slack and the routing key of PagerDuty are credentials. */
export const withoutCredential = (target: NotificationTargetInput): NotificationTargetInput => ({
  ...target,
  ...(target.slack == null ? {} : { slack: { url: `https://hooks.slack.com/services/${PLACEHOLDER}` } }),
  ...(target.pagerDuty == null ? {} : { pagerDuty: { ...target.pagerDuty, routingKey: PLACEHOLDER } }),
})

const targetOptions = ({ webhook, slack, pagerDuty, email }: NotificationTargetInput): string[] | null => {
  if (webhook != null) return [`--webhook ${shellQuote(webhook.url)}`]
  // The command line reads credentials from standard input.
  if (slack != null) return ['--slack -']
  if (pagerDuty != null) return pagerDuty.url == null ? ['--pager-duty -'] : null
  if (email == null) return null
  return [
    ...(email.addresses ?? []).map((address) => `--email ${shellQuote(address)}`),
    ...(email.keyOwner ? ['--key-owner'] : []),
    ...(email.keyManagers ? ['--key-managers'] : []),
  ]
}

/** `keyturn notifications create` with the same effect; null where the command line has no such option. */
export const createCommand = (input: CreateNotificationRouteInput): string | null => {
  const target = targetOptions(input.target)
  if (target === null) return null
  const types = (input.types ?? []).map((type) => type.toLowerCase().replaceAll('_', '-')).join(',')
  return [
    `keyturn notifications create ${shellQuote(input.name)}`,
    ...target,
    ...(types === '' ? [] : [`--type ${types}`]),
    ...(input.maximumThreshold == null ? [] : [`--maximum-threshold ${shellQuote(input.maximumThreshold)}`]),
    ...(input.projectId == null ? [] : [`--project ${shellQuote(input.projectId)}`]),
    `--organization ${input.organizationId}`,
  ].join(' ')
}
