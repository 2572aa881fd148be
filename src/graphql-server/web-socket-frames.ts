/** Opcodes of WebSocket frames (RFC 6455, section 11.8). */
export const OPCODES = { text: 0x1, ping: 0x9, pong: 0xa } as const

const FINAL = 0x80
const LARGEST_7_BIT = 125
const LENGTH_OF_16_BITS = 126
const LENGTH_OF_64_BITS = 127

/**
 * Creates one whole frame of a server, which masks nothing (RFC 6455, section 5.2). The frame may be sent to many sockets:
 * `ws` would make a header and two buffers for each of them.
 */
export const createFrame = (opcode: number, ...parts: readonly Uint8Array[]): Buffer => {
  let length = 0
  for (const part of parts) length += part.length
  const headerLength = length <= LARGEST_7_BIT ? 2 : length <= 0xffff ? 4 : 10
  const frame = Buffer.allocUnsafe(headerLength + length)
  frame[0] = FINAL | opcode
  if (headerLength === 2) frame[1] = length
  else if (headerLength === 4) {
    frame[1] = LENGTH_OF_16_BITS
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = LENGTH_OF_64_BITS
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  let offset = headerLength
  for (const part of parts) {
    frame.set(part, offset)
    offset += part.length
  }
  return frame
}

export const createTextFrame = (text: string): Buffer => createFrame(OPCODES.text, Buffer.from(text))
