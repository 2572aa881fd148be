import type { MessageSeal } from '../live/feed-messages.ts'
import { MAC_LENGTH, MasterKeys, masterKeyOfDataDir } from './master-keys.ts'

/** The master keys of a deployment: the configured ones, or else the one in the data directory, which is created if missing. */
export const deploymentKeys = (configured: readonly Uint8Array[], dataDir: string): MasterKeys =>
  new MasterKeys(configured.length > 0 ? configured : [masterKeyOfDataDir(dataDir)])

/** Authenticates the messages between instances, which share the master key. */
export const feedSealOf = (masterKeys: MasterKeys): MessageSeal => ({
  length: MAC_LENGTH,
  mac: (text) => masterKeys.mac('feed-message', text),
  verify: (text, mac) => masterKeys.verifyMac('feed-message', text, mac),
})
