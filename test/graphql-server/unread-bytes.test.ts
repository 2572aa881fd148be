import { describe, expect, it } from 'vitest'
import { UnreadBytes } from '../../src/graphql-server/unread-bytes.ts'

const LIMITS = { perHolder: 100, perOrganization: 150, inAll: 200 }

/** Sockets that report when they are cut. */
const stage = () => {
  const unread = new UnreadBytes(LIMITS)
  const cut: string[] = []
  const open = (name: string, holder: string, organizationId: string | null) =>
    unread.open({ name: holder, organizationId }, () => void cut.push(name))
  return { unread, cut, open }
}

describe('unread bytes over all sockets', () => {
  it('close the largest socket of a credential with too many of them', () => {
    const { unread, cut, open } = stage()
    const [large, small] = [open('large', 'key', 'org'), open('small', 'key', 'org')]
    unread.add(large, 60)
    unread.add(small, 40)
    expect(cut).toEqual([])
    unread.add(small, 1)
    expect(cut).toEqual(['large'])
    expect(unread.size).toBe(41)
  })

  it('close the largest socket of an organization with several credentials', () => {
    const { unread, cut, open } = stage()
    unread.add(open('one', 'key 1', 'org'), 90)
    unread.add(open('two', 'key 2', 'org'), 60)
    unread.add(open('three', 'key 3', 'org'), 1)
    expect(cut).toEqual(['one'])
  })

  it('close the largest socket overall, not the one that sends when the limit is reached', () => {
    const { unread, cut, open } = stage()
    unread.add(open('attacker 1', 'key 1', 'org 1'), 99)
    unread.add(open('attacker 2', 'key 2', 'org 2'), 98)
    unread.add(open('reader', 'key 3', 'org 3'), 10)
    expect(cut).toEqual(['attacker 1'])
  })

  it('are counted for authenticated callers, until they are read or the socket closes', () => {
    const { unread, cut, open } = stage()
    const socket = open('socket', 'address:192.0.2.1', null)
    unread.add(socket, 90)
    unread.move(socket, { name: 'key', organizationId: 'org' })
    unread.add(open('other', 'address:192.0.2.1', null), 90)
    unread.add(socket, -90)
    expect(unread.size).toBe(90)
    unread.close(socket)
    unread.add(socket, -90)
    expect(unread.size).toBe(90)
    expect(cut).toEqual([])
  })
})
