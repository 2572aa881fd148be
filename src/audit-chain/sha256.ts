import type { Sha256 } from './hashed-event.ts'

// Browsers offer SHA-256 only as a promise for each text, and only to pages of https. A log has a short text for each of
// its events, so a synchronous function is faster, and works on every page. Steps and names are those of FIPS 180-4.

const BLOCK_BYTES = 64
/** 0x80 behind the text, and its length in 64 bits. */
const PADDING_BYTES = 9
const ROUNDS = 64
const UINT32 = 2 ** 32

const primes = (count: number): number[] => {
  const found: number[] = []
  for (let n = 2; found.length < count; n += 1) if (found.every((prime) => n % prime !== 0)) found.push(n)
  return found
}

/** The first 32 bits of the fractional part. */
const fractionBits = (value: number): number => Math.floor((value - Math.floor(value)) * UINT32)

const INITIAL = primes(8).map((prime) => fractionBits(Math.sqrt(prime)))
const K = Int32Array.from(primes(ROUNDS), (prime) => fractionBits(Math.cbrt(prime)))

const rotr = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

/** Mixes the block in w[0..15] into the hash value. */
const compress = (h: Int32Array, w: Int32Array): void => {
  for (let t = 16; t < ROUNDS; t += 1) {
    const w15 = w[t - 15] as number
    const w2 = w[t - 2] as number
    const s0 = rotr(w15, 7) ^ rotr(w15, 18) ^ (w15 >>> 3)
    const s1 = rotr(w2, 17) ^ rotr(w2, 19) ^ (w2 >>> 10)
    w[t] = (s1 + (w[t - 7] as number) + s0 + (w[t - 16] as number)) | 0
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, last = 0] = h
  for (let t = 0; t < ROUNDS; t += 1) {
    const s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)
    const t1 = (last + s1 + ((e & f) ^ (~e & g)) + (K[t] as number) + (w[t] as number)) | 0
    const s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    last = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  // A typed array keeps the low 32 bits of each sum.
  h[0] = (h[0] as number) + a
  h[1] = (h[1] as number) + b
  h[2] = (h[2] as number) + c
  h[3] = (h[3] as number) + d
  h[4] = (h[4] as number) + e
  h[5] = (h[5] as number) + f
  h[6] = (h[6] as number) + g
  h[7] = (h[7] as number) + last
}

const encoder = new TextEncoder()

/** The text's bytes with their padding: whole blocks. */
const padded = (text: string): DataView => {
  const bytes = encoder.encode(text)
  const blocks = Math.ceil((bytes.length + PADDING_BYTES) / BLOCK_BYTES)
  const message = new Uint8Array(blocks * BLOCK_BYTES)
  message.set(bytes)
  message[bytes.length] = 0x80
  const view = new DataView(message.buffer)
  const bits = bytes.length * 8
  view.setUint32(message.length - 8, Math.floor(bits / UINT32))
  view.setUint32(message.length - 4, bits % UINT32)
  return view
}

/** SHA-256 (FIPS 180-4) of a text in UTF-8, in lower-case hex, where there is no Node.js. */
export const sha256: Sha256 = (text) => {
  const view = padded(text)
  const h = Int32Array.from(INITIAL)
  const w = new Int32Array(ROUNDS)
  for (let offset = 0; offset < view.byteLength; offset += BLOCK_BYTES) {
    for (let t = 0; t < 16; t += 1) w[t] = view.getInt32(offset + t * 4)
    compress(h, w)
  }
  return Array.from(h, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}
