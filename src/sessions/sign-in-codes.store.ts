import { instantText } from '../kernel/instant.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { SignInCodeEntity, type SignInCodeRow } from './session.entity.ts'

export const insertCode = async (writer: Writer, row: SignInCodeRow): Promise<void> => {
  await writer.manager.insert(SignInCodeEntity, row)
}

export const findCode = (reader: Reader, codeHash: string): Promise<SignInCodeRow | null> =>
  reader.manager.findOneBy(SignInCodeEntity, { codeHash })

/** Uses a code up; false if it was used before. */
export const takeCode = async (writer: Writer, codeHash: string): Promise<boolean> =>
  (await writer.manager.delete(SignInCodeEntity, { codeHash })).affected === 1

export const deleteExpiredCodes = async (writer: Writer, now: Date): Promise<void> => {
  await writer.query('DELETE FROM sign_in_codes WHERE expires_at <= ?', [instantText(now)])
}
