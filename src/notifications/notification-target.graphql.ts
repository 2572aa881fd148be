import { builder } from '../schema-kit/builder.ts'

const WebhookTargetInput = builder.inputType('WebhookTargetInput', {
  description: 'An HTTP endpoint that receives webhooks, signed as in Standard Webhooks 1.0.',
  fields: (t) => ({
    url: t.string({
      required: true,
      description:
        'URL of the endpoint: https, at most 2,048 characters. http only for address ranges that the operator allows.',
    }),
  }),
})

const SlackTargetInput = builder.inputType('SlackTargetInput', {
  description: 'A Slack channel.',
  fields: (t) => ({ url: t.string({ required: true, description: 'URL of an incoming webhook of Slack.' }) }),
})

const PagerDutyTargetInput = builder.inputType('PagerDutyTargetInput', {
  description: 'A PagerDuty service.',
  fields: (t) => ({
    routingKey: t.string({ required: true, description: 'Integration key of an Events API v2 integration.' }),
    url: t.string({
      description: "URL of the endpoint, for other service regions. Default: PagerDuty's Events API v2.",
    }),
  }),
})

const EmailTargetInput = builder.inputType('EmailTargetInput', {
  description: 'Recipients of e-mail. Set at least one field.',
  fields: (t) => ({
    addresses: t.stringList({ description: 'E-mail addresses, at most 50.' }),
    keyOwner: t.boolean({
      description: 'Whether to notify the owner of the personal access key that an event is about. Default: false.',
    }),
    keyManagers: t.boolean({ description: 'Whether to notify the members with `keys:manager`. Default: false.' }),
  }),
})

/** The destination of a route, as inputs name it. */
export const NotificationTargetInputRef = builder.inputType('NotificationTargetInput', {
  description: 'Destination of a route. Set exactly one field.',
  fields: (t) => ({
    webhook: t.field({ type: WebhookTargetInput, description: 'Signed HTTP requests to an endpoint.' }),
    slack: t.field({ type: SlackTargetInput, description: 'Messages in Slack.' }),
    pagerDuty: t.field({ type: PagerDutyTargetInput, description: 'Incidents in PagerDuty.' }),
    email: t.field({
      type: EmailTargetInput,
      description: 'E-mail. Requires that the server is configured with an SMTP server.',
    }),
  }),
})
