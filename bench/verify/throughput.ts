import { grouped, median, printTable } from '../support/bench.ts'
import { type Contenders, openContenders, type Verify } from './contenders.ts'

const ROUNDS = 15
const WARM_UP_ROUNDS = 2
const TOKENS = 1_000
/** A cached token is verified this often in a round, since one pass takes a few milliseconds. */
const PASSES = 20

const verifyAll = async (verify: Verify, tokens: readonly string[], passes: number): Promise<number> => {
  const began = process.cpuUsage()
  for (let pass = 0; pass < passes; pass += 1) for (const token of tokens) await verify(token)
  const { user, system } = process.cpuUsage(began)
  return (tokens.length * passes * 1_000_000) / (user + system)
}

interface Row {
  readonly name: string
  readonly passes: number
  readonly verify: Verify
}

const rowsOf = ({ jose, keyturn, aws, express }: Contenders): Row[] => [
  { name: 'jose.jwtVerify', passes: 1, verify: jose },
  { name: 'keyturn/verify, a new token', passes: 1, verify: keyturn },
  { name: 'keyturn/verify, a token seen before', passes: PASSES, verify: keyturn },
  { name: 'aws-jwt-verify', passes: 1, verify: aws },
  { name: 'express-oauth2-jwt-bearer, without Express', passes: 1, verify: express },
]

/**
 * Verifications a second of processor time, one after the other. Each round has new tokens, and all contenders take turns in
 * it. Returns whether the goals are met: for a token seen before ten times jose alone, for a new one at least 0.9 of it.
 */
export const measureThroughput = async (): Promise<boolean> => {
  const contenders = await openContenders()
  const rows = rowsOf(contenders)
  const rates = rows.map((): number[] => [])
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const tokens: string[] = []
    while (tokens.length < TOKENS) tokens.push(await contenders.signer.token({ scope: 'build:operator audit:viewer' }))
    for (const [index, { verify, passes }] of rows.entries()) {
      const rate = await verifyAll(verify, tokens, passes)
      if (round >= 0) rates[index]?.push(rate)
    }
  }
  contenders.close()
  const medians = rates.map(median)
  const [alone = Number.NaN, fresh = Number.NaN, seen = Number.NaN] = medians
  printTable(
    ['ES256', 'verifications a second', 'of jose alone'],
    rows.map(({ name }, index) => [
      name,
      grouped(medians[index] ?? Number.NaN),
      ((medians[index] ?? Number.NaN) / alone).toFixed(2),
    ]),
  )
  return seen >= 10 * alone && fresh >= 0.9 * alone
}
