import { builder } from '../schema-kit/builder.ts'

const WebhookTargetInput = builder.inputType('WebhookTargetInput', {
  description: 'A receiver of Standard Webhooks.',
  fields: (t) => ({
    url: t.string({
      required: true,
      description: 'An https URL of at most 2,048 characters. http only to ranges that the operator allows.',
    }),
  }),
})

const SlackTargetInput = builder.inputType('SlackTargetInput', {
  description: 'A channel of Slack.',
  fields: (t) => ({ url: t.string({ required: true, description: 'URL of an incoming webhook.' }) }),
})

const PagerDutyTargetInput = builder.inputType('PagerDutyTargetInput', {
  description: 'A service of PagerDuty.',
  fields: (t) => ({
    routingKey: t.string({ required: true, description: 'Integration key of an Events API v2 integration.' }),
    url: t.string({ description: "The whole endpoint, for other regions. Default: PagerDuty's Events API v2." }),
  }),
})

const EmailTargetInput = builder.inputType('EmailTargetInput', {
  description: 'Recipients of e-mail, in any combination.',
  fields: (t) => ({
    addresses: t.stringList({ description: 'Fixed addresses, at most 50.' }),
    keyOwner: t.boolean({ description: 'Also the owner of the personal key concerned. Default: false.' }),
    keyManagers: t.boolean({ description: 'Also the members with `keys:manager`. Default: false.' }),
  }),
})

/** The destination of a route, as inputs name it. */
export const NotificationTargetInputRef = builder.inputType('NotificationTargetInput', {
  description: 'Destination of a route: exactly one of webhook, slack, pagerDuty and email.',
  fields: (t) => ({
    webhook: t.field({ type: WebhookTargetInput, description: 'Signed HTTP requests.' }),
    slack: t.field({ type: SlackTargetInput, description: 'Messages in Slack.' }),
    pagerDuty: t.field({ type: PagerDutyTargetInput, description: 'Incidents in PagerDuty.' }),
    email: t.field({ type: EmailTargetInput, description: 'E-mail; needs an SMTP server in the configuration.' }),
  }),
})
