import type { NotificationChannel, NotificationTargetInput } from '../../generated/graphql.ts'

export const CHANNEL_NAMES: Readonly<Record<NotificationChannel, string>> = {
  WEBHOOK: 'Webhook',
  SLACK: 'Slack',
  PAGERDUTY: 'PagerDuty',
  EMAIL: 'E-mail',
}

export const CHANNEL_OPTIONS = (Object.keys(CHANNEL_NAMES) as NotificationChannel[]).map((value) => ({
  value,
  label: CHANNEL_NAMES[value],
}))

/** What is typed about a target, of whichever channel. */
export interface TargetDraft {
  readonly channel: NotificationChannel
  readonly url: string
  readonly routingKey: string
  readonly addresses: string
  readonly keyOwner: boolean
  readonly keyManagers: boolean
}

export const emptyTarget = (channel: NotificationChannel): TargetDraft => ({
  channel,
  url: '',
  routingKey: '',
  addresses: '',
  keyOwner: false,
  keyManagers: false,
})

const addressesIn = (text: string): string[] => text.split(/[\s,;]+/).filter((address) => address !== '')

/** The target as the schema takes it; null while something is missing. */
export const targetOf = (draft: TargetDraft): NotificationTargetInput | null => {
  const url = draft.url.trim()
  switch (draft.channel) {
    case 'WEBHOOK':
      return url === '' ? null : { webhook: { url } }
    case 'SLACK':
      return url === '' ? null : { slack: { url } }
    case 'PAGERDUTY': {
      const routingKey = draft.routingKey.trim()
      return routingKey === '' ? null : { pagerDuty: { routingKey, ...(url === '' ? {} : { url }) } }
    }
    case 'EMAIL': {
      const addresses = addressesIn(draft.addresses)
      const { keyOwner, keyManagers } = draft
      if (addresses.length === 0 && !keyOwner && !keyManagers) return null
      return { email: { addresses, keyOwner, keyManagers } }
    }
  }
}
