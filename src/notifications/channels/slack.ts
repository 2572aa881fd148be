import type { NotificationPayload } from '../payload.ts'

/** Escapes text for Slack's mrkdwn, so that a name cannot become a link or a mention. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const LONGEST_TEXT = 2_900
const LONGEST_FIELD = 1_900

const field = (title: string, value: string) => ({
  type: 'mrkdwn',
  text: `*${title}*\n${escaped(value).slice(0, LONGEST_FIELD)}`,
})

/** The body of a request to an incoming webhook of Slack: blocks with a button that opens the key. */
export const slackBody = (
  payload: NotificationPayload,
  { link, summary }: { readonly link: string; readonly summary: string },
): object => {
  const { organization, event, key, warning } = payload.data
  const fields = [
    field('Organization', organization.name),
    field('Event', payload.type),
    ...(key === null ? [] : [field('Key', `${key.name} (${key.id})`)]),
    ...(warning === null ? [] : [field('Expires at', warning.expiresAt)]),
    ...(event === null ? [] : [field('By', event.actor.name ?? event.actor.kind)]),
  ]
  return {
    text: escaped(summary).slice(0, LONGEST_TEXT),
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: escaped(summary).slice(0, LONGEST_TEXT) } },
      { type: 'section', fields },
      {
        type: 'actions',
        elements: [
          { type: 'button', text: { type: 'plain_text', text: 'Open in Keyturn' }, url: link, style: 'primary' },
        ],
      },
    ],
  }
}
