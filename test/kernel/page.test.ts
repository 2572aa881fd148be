import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCursor, makePage, type PageArguments, parsePage } from '../../src/kernel/page.ts'

const read = (paging: PageArguments) => parsePage('by name', ['string', 'number'], paging)
const cursor = encodeCursor('by name', ['a', 1])
const raw = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('the paging arguments of a list', () => {
  it.each([
    [{}, { size: 20, backward: false, position: null }],
    [{ first: 1 }, { size: 1, backward: false, position: null }],
    [{ first: 100 }, { size: 100, backward: false, position: null }],
    [{ last: 5 }, { size: 5, backward: true, position: null }],
    [
      { first: 5, after: cursor },
      { size: 5, backward: false, position: ['a', 1] },
    ],
    [{ after: cursor }, { size: 20, backward: false, position: ['a', 1] }],
    [
      { last: 5, before: cursor },
      { size: 5, backward: true, position: ['a', 1] },
    ],
    [
      { first: null, last: null, after: null, before: null },
      { size: 20, backward: false, position: null },
    ],
  ])('%j are accepted', (paging, request) => {
    expect(read(paging)).toEqual(request)
  })

  it.each([
    [{ first: 0 }, 'first'],
    [{ first: -1 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ first: 1.5 }, 'first'],
    [{ last: 0 }, 'last'],
    [{ last: 101 }, 'last'],
    [{ first: 1, last: 1 }, 'last'],
    [{ last: 1, after: cursor }, 'after'],
    [{ first: 1, before: cursor }, 'before'],
    [{ before: cursor }, 'before'],
    [{ first: 1, after: cursor, before: cursor }, 'after'],
    [{ first: 1, after: '' }, 'after'],
    [{ first: 1, after: 'nonsense' }, 'after'],
    [{ first: 1, after: raw(null) }, 'after'],
    [{ first: 1, after: raw({ order: 'by name' }) }, 'after'],
    [{ first: 1, after: raw(['by name', 'a']) }, 'after'],
    [{ first: 1, after: raw(['by name', 'a', 1, 2]) }, 'after'],
    [{ first: 1, after: raw(['by name', 1, 'a']) }, 'after'],
    [{ first: 1, after: raw(['by name', ['a'], 1]) }, 'after'],
    [{ last: 1, before: raw(['by age', 'a', 1]) }, 'before'],
    // What no row holds must not reach a database: PostgreSQL fails on both.
    [{ first: 1, after: raw(['by name', 'a\u0000', 1]) }, 'after'],
    [{ first: 1, after: raw(['by name', 'a', 1.5]) }, 'after'],
    [{ first: 1, after: raw(['by name', 'a', 1e300]) }, 'after'],
    [{ first: 1, after: raw(['by name', '\ud800', 1]) }, 'after'],
  ])('%j are rejected at %s', (paging, path) => {
    expect(() => read(paging)).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', fields: { issues: [expect.objectContaining({ path })] } }),
    )
  })

  it('survive the encoding as a cursor', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger(), (text, number) => {
        fc.pre(!text.includes('\u0000'))
        expect(read({ after: encodeCursor('by name', [text, number]) }).position).toEqual([text, number])
      }),
    )
  })
})

describe('a page', () => {
  // A list in memory, paged as a store pages a table.
  const pageOf = (list: readonly number[], paging: PageArguments) => {
    const request = parsePage('list', ['number'], paging)
    const ordered = request.backward ? [...list].reverse() : list
    const [from] = request.position ?? []
    const begin = from === undefined ? 0 : ordered.findIndex((item) => (request.backward ? item < +from : item > +from))
    const rows = begin === -1 ? [] : ordered.slice(begin, begin + request.size + 1)
    return makePage(request, rows, (item) => encodeCursor('list', [item]))
  }
  const lists = fc.uniqueArray(fc.nat(1_000), { maxLength: 30 }).map((list) => list.sort((a, b) => a - b))

  it.each(['forward', 'backward'])('after page contains each item once and in order, %s', (way) => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 7 }), (list, size) => {
        const seen: number[] = []
        let position: string | undefined
        for (;;) {
          const page =
            way === 'forward'
              ? pageOf(list, { first: size, after: position })
              : pageOf(list, { last: size, before: position })
          seen.splice(way === 'forward' ? seen.length : 0, 0, ...page.items)
          expect(way === 'forward' ? page.hasPreviousPage : page.hasNextPage).toBe(position !== undefined)
          const edge = way === 'forward' ? page.items.at(-1) : page.items[0]
          if (!(way === 'forward' ? page.hasNextPage : page.hasPreviousPage) || edge === undefined) break
          position = page.cursorOf(edge)
        }
        expect(seen).toEqual(list)
      }),
    )
  })
})
