import { expect, it } from 'vitest'
import { createCommand, withoutCredential } from '../../src/console/screens/notifications/create-command.ts'
import { mutationsSent, operationsCopied } from './support/console-sources.ts'

it('every mutation of the console can be copied', () => {
  expect(mutationsSent().size).toBeGreaterThan(20)
  expect([...mutationsSent()].filter((name) => !operationsCopied().has(name))).toEqual([])
})

it.each([
  [{ webhook: { url: 'https://a.example/x' } }, '--webhook https://a.example/x'],
  [{ slack: { url: 'https://hooks.slack.com/services/T/B/X' } }, '--slack -'],
  [{ pagerDuty: { routingKey: 'a'.repeat(32) } }, '--pager-duty -'],
  [{ email: { addresses: ['a@b.example'], keyOwner: true } }, '--email a@b.example --key-owner'],
])('a route to %j is copied as a command with %s', (target, options) => {
  const input = { organizationId: 'org_1', name: 'On call', target, types: ['KEY_EXPIRED' as const] }
  expect(createCommand(input)).toBe(
    `keyturn notifications create 'On call' ${options} --type key-expired --organization org_1`,
  )
})

it('the credential of a route is not copied', () => {
  const routingKey = 'a'.repeat(32)
  const url = 'https://hooks.slack.com/services/T/B/X'
  const copied = JSON.stringify([
    withoutCredential({ slack: { url } }),
    withoutCredential({ pagerDuty: { routingKey } }),
  ])
  expect(copied).not.toContain(routingKey)
  expect(copied).not.toContain('T/B/X')
  expect(copied).toContain('REPLACE_ME')
})
