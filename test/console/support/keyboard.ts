import type { Page } from 'playwright-core'

const MOST_PRESSES = 120

/** Presses Tab until a control has the focus, as somebody without a mouse does. Fails where Tab does not lead there. */
export const tabTo = async (
  page: Page,
  role: Parameters<Page['getByRole']>[0],
  name: string | RegExp,
): Promise<void> => {
  const control = page.getByRole(role, { name, exact: typeof name === 'string' }).first()
  await control.waitFor()
  for (let presses = 0; presses < MOST_PRESSES; presses += 1) {
    if (await control.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach the ${role} ${String(name)}.`)
}
