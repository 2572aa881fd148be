/** The longest line that is read: far more than an event can have. */
const MAX_LINE_BYTES = 16 * 1024 * 1024
const NEWLINE = 0x0a

/**
 * The lines of a UTF-8 file. It ends with null at a line that is not UTF-8 or too long. Only a line feed ends a
 * line: a JSON text may contain other line separators of Unicode.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string | null, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const decode = (bytes: Buffer): string | null => {
    try {
      return decoder.decode(bytes)
    } catch {
      return null
    }
  }
  let pending: Buffer[] = []
  let pendingBytes = 0
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      yield decode(Buffer.concat([...pending, chunk.subarray(start, end)]))
      pending = []
      pendingBytes = 0
      start = end + 1
    }
    pending.push(chunk.subarray(start))
    pendingBytes += chunk.length - start
    if (pendingBytes > MAX_LINE_BYTES) return yield null
  }
  if (pendingBytes > 0) yield decode(Buffer.concat(pending))
}
