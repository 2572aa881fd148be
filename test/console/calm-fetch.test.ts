import { expect, it } from 'vitest'
import { calm } from '../../src/console/data/calm-fetch.ts'
import { noteOpenMenu } from '../../src/console/ui/open-menus.ts'

it('sends no request while a menu is open, and takes no answer that came meanwhile', async () => {
  const answers: ((text: string) => void)[] = []
  const load = calm(() => new Promise((resolve) => answers.push((text) => resolve(new Response(text)))))
  const first = load('/graphql')
  await Promise.resolve()
  const close = noteOpenMenu()
  answers[0]?.('before the menu was opened')
  const second = load('/graphql')
  await new Promise(setImmediate)
  expect(answers).toHaveLength(1)
  close()
  await new Promise(setImmediate)
  expect(answers).toHaveLength(3)
  for (const answer of answers) answer('after the menu was closed')
  expect(await (await first).text()).toBe('after the menu was closed')
  expect(await (await second).text()).toBe('after the menu was closed')
})
