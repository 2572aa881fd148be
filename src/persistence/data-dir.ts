import { chmodSync, mkdirSync } from 'node:fs'

/** Creates the data directory if it does not exist, and makes it accessible to its owner only. */
export const prepareDataDir = (dataDir: string): void => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  chmodSync(dataDir, 0o700)
}
