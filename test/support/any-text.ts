import fc from 'fast-check'

// The unit 'binary' of fast-check gives the same, but spends more than a second of a core on a table of all characters.
const anyCharacter = fc.oneof(
  fc.integer({ min: 0, max: 0x7f }),
  fc.integer({ min: 0, max: 0xffff }),
  fc.integer({ min: 0, max: 0x10ffff }),
)

/** Texts of any characters, halves of surrogate pairs included. */
export const anyText = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(anyCharacter, { maxLength }).map((codes) => String.fromCodePoint(...codes))
