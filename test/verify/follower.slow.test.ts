import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { RevokeKeyDocument } from '../../src/generated/graphql.ts'
import { RevocationFollower } from '../../src/verify/revocation-follower.ts'
import type { Revocation } from '../../src/verify/revocations.ts'
import { useApp } from '../support/boot.ts'
import { PATIENCE } from '../support/patience.ts'

describe('a follower of revocations', () => {
  const app = useApp()

  const follow = async () => {
    const fault = { answersNothing: false, deliversNothing: false }
    const applied: Revocation[] = []
    const follower = new RevocationFollower({
      url: `${app.url}/graphql`,
      credential: app.ownerSecret,
      findOrganization: async () => app.organizationId,
      apply: (revocation) => applied.push(revocation),
      checkMilliseconds: 50,
      fetch: (input, init) =>
        fault.answersNothing ? Promise.resolve(new Response(null, { status: 503 })) : fetch(input, init),
      webSocketImpl: class extends WebSocket {
        override emit(event: string | symbol, ...args: unknown[]): boolean {
          const isEvent = event === 'message' && String(args[0]).includes('"next"')
          return isEvent && fault.deliversNothing ? true : super.emit(event, ...args)
        }
      },
    })
    onTestFinished(() => follower.close())
    await follower.live()
    return { follower, applied, fault }
  }
  const endOne = async () => {
    const { id } = await app.apiKey()
    await app.owner.run(RevokeKeyDocument, { input: { id } })
    return id
  }

  it('is down while the server cannot state what is missing, even if the connection is alive', async () => {
    const { follower, fault } = await follow()
    fault.answersNothing = true
    await expect.poll(() => follower.state, PATIENCE).toBe('down')
    fault.answersNothing = false
    await follower.live()
    expect(follower.state).toBe('live')
  })

  it('is down while a revocation is missing, and requests it again, even if the connection is alive', async () => {
    const { follower, applied, fault } = await follow()
    fault.deliversNothing = true
    const missing = await endOne()
    await expect.poll(() => follower.state, PATIENCE).toBe('down')
    expect(applied.map(({ keyId }) => keyId)).not.toContain(missing)
    fault.deliversNothing = false
    await follower.live()
    expect(applied.filter(({ keyId }) => keyId === missing)).toHaveLength(1)
  })

  it('applies each revocation once, in order', async () => {
    const { applied } = await follow()
    const ids = [await endOne(), await endOne()]
    await expect.poll(() => applied.map(({ keyId }) => keyId).slice(-2), PATIENCE).toEqual(ids)
    const sequences = applied.map(({ sequence }) => sequence)
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b))
  })
})
