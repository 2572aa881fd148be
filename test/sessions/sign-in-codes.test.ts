import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RevokeKeyDocument, SuspendKeyDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { consoleWith, postSession } from '../support/console.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { sessionEvents } from '../support/session-events.ts'
import { storedText } from '../support/stored-text.ts'

describe.each(ENGINES)('the sign-in code of the first start, on %s', (engine) => {
  let clock: ManualClock
  let app: TestApp
  let code: string
  beforeEach(async () => {
    clock = new ManualClock()
    app = await boot({ engine, clock })
    code = app.app.firstStart?.signInCode ?? ''
  })
  afterEach(() => app.close())

  const ownerKeyId = async () => (await app.owner.run(ViewerDocument, {})).viewer.key?.id ?? ''

  it('signs the owner in with the rights of the first key', async () => {
    const session = consoleWith(app, await postSession(app, { code }))
    const { viewer } = await session.run(ViewerDocument, {})
    expect(viewer).toMatchObject({ user: { email: 'owner@localhost' }, key: { id: await ownerKeyId() } })
    expect(await sessionEvents(app, viewer.user?.id ?? '')).toMatchObject([{ type: 'SESSION_STARTED' }])
  })

  it('is stored as a hash alone', async () => {
    expect(code).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(await storedText(app)).not.toContain(code)
  })

  it('works once, also for ten that use it at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => postSession(app, { code })))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array.from({ length: 9 }, () => 401)])
    const refused = answers.find(({ status }) => status === 401)
    expect(await refused?.json()).toMatchObject({ reason: 'UNKNOWN' })
    const rows = await app.app.parts.services.database.read((reader) => reader.query('SELECT id FROM console_sessions'))
    expect(rows).toHaveLength(1)
  })

  it('dies after ten minutes', async () => {
    clock.advance(600)
    expect((await postSession(app, { code })).status).toBe(401)
    await app.app.parts.sessions.sweeper.sweep()
    const rows = await app.app.parts.services.database.read((reader) => reader.query('SELECT * FROM sign_in_codes'))
    expect(rows).toEqual([])
  })

  it('works until then', async () => {
    clock.advance(599)
    expect((await postSession(app, { code })).status).toBe(204)
  })

  it.each([
    ['revoked', (id: string) => app.owner.run(RevokeKeyDocument, { input: { id } })],
    ['suspended', (id: string) => app.owner.run(SuspendKeyDocument, { id })],
  ])('dies when the first key is %s', async (_, end) => {
    await end(await ownerKeyId())
    expect((await postSession(app, { code })).status).toBe(401)
  })
})
