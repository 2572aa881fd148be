import { deflateSync, inflateSync } from 'node:zlib'

// A picture of a page has few colours, so an indexed PNG (PNG specification, color type 3) shows it in a third of the bytes.

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])
const COLOURS = 256
/** The rest of the palette is for colours unlike these, such as that of one link. */
const FREQUENT_COLOURS = 192
const CHANNELS: Readonly<Record<number, number>> = { 2: 3, 6: 4 }

interface Pixels {
  readonly width: number
  readonly height: number
  /** Red, green and blue of each pixel, row by row. */
  readonly rgb: Uint8Array
}

function* chunksOf(png: Buffer): Generator<{ type: string; data: Buffer }> {
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at)
    yield { type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) }
    at += length + 12
  }
}

const paeth = (left: number, above: number, corner: number): number => {
  const estimate = left + above - corner
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - above), Math.abs(estimate - corner)]
  if (a <= b && a <= c) return left
  return b <= c ? above : corner
}

const decode = (png: Buffer): Pixels => {
  const chunks = [...chunksOf(png)]
  const header = chunks.find(({ type }) => type === 'IHDR')?.data
  if (header === undefined) throw new Error('The picture has no header.')
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const channels = CHANNELS[header.readUInt8(9)]
  if (header.readUInt8(8) !== 8 || channels === undefined || header.readUInt8(12) !== 0)
    throw new Error('The picture is of another kind than browsers make.')
  const raw = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)))
  const stride = width * channels
  let above = new Uint8Array(stride)
  const rgb = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y += 1) {
    const start = y * (stride + 1)
    const row = unfilter(raw[start] ?? 0, raw.subarray(start + 1, start + 1 + stride), above, channels)
    for (let x = 0; x < width; x += 1) rgb.set(row.subarray(x * channels, x * channels + 3), (y * width + x) * 3)
    above = row
  }
  return { width, height, rgb }
}

const unfilter = (filter: number, line: Uint8Array, above: Uint8Array, channels: number): Uint8Array<ArrayBuffer> => {
  const row = new Uint8Array(line.length)
  for (let at = 0; at < line.length; at += 1) {
    const left = row[at - channels] ?? 0
    const up = above[at] ?? 0
    const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, above[at - channels] ?? 0)][filter] ?? 0
    row[at] = (line[at] ?? 0) + predicted
  }
  return row
}

const likenessOf = (colour: number): number => colour & 0xf0f0f0

/** The most frequent colours, and the most frequent ones unlike them. Any other becomes the nearest of them. */
const paletteOf = (rgb: Uint8Array): { colours: number[]; indexOf: (colour: number) => number } => {
  const counts = new Map<number, number>()
  for (let at = 0; at < rgb.length; at += 3) {
    const colour = colourAt(rgb, at)
    counts.set(colour, (counts.get(colour) ?? 0) + 1)
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour)
  const colours = sorted.slice(0, FREQUENT_COLOURS)
  const known = new Set(colours.map(likenessOf))
  for (const colour of sorted.slice(FREQUENT_COLOURS)) {
    if (known.has(likenessOf(colour)) || colours.length === COLOURS) continue
    known.add(likenessOf(colour))
    colours.push(colour)
  }
  const indices = new Map(colours.map((colour, index) => [colour, index]))
  const indexOf = (colour: number): number => {
    const index = indices.get(colour)
    if (index !== undefined) return index
    const nearest = nearestOf(colours, colour)
    indices.set(colour, nearest)
    return nearest
  }
  return { colours, indexOf }
}

const colourAt = (rgb: Uint8Array, at: number): number =>
  ((rgb[at] ?? 0) << 16) | ((rgb[at + 1] ?? 0) << 8) | (rgb[at + 2] ?? 0)

const nearestOf = (colours: readonly number[], colour: number): number => {
  const distance = (other: number) =>
    [16, 8, 0].reduce((sum, shift) => sum + (((colour >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0)
  let best = 0
  for (const [index, other] of colours.entries()) if (distance(other) < distance(colours[best] ?? 0)) best = index
  return best
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

const crc = (bytes: Buffer): number => {
  let c = 0xffffffff
  for (const byte of bytes) c = (CRC_TABLE[(c ^ byte) & 255] ?? 0) ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}

/** The same picture with at most 256 colours, in as few bytes as zlib finds. */
export const smallPng = (png: Buffer): Buffer => {
  const { width, height, rgb } = decode(png)
  const { colours, indexOf } = paletteOf(rgb)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3], 8)
  const rows = Buffer.alloc(height * (width + 1))
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = indexOf(colourAt(rgb, (y * width + x) * 3))
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(colours.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
