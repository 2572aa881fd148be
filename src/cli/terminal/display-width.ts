const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** East Asian wide and fullwidth characters (Unicode Standard Annex 11) and pictographs take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
const MARKS_ALONE = /^\p{M}+$/u
const ASCII = /^[\x20-\x7e]*$/

const widthOf = (grapheme: string): number => {
  if (MARKS_ALONE.test(grapheme)) return 0
  return WIDE.test(grapheme) ? 2 : 1
}

/** Number of columns that a harmless text takes in a terminal. */
export const displayWidth = (text: string): number => {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += widthOf(segment)
  return width
}

/** The text, cut to the width, with an ellipsis at the end. */
export const truncate = (text: string, width: number): string => {
  if (displayWidth(text) <= width) return text
  if (width < 1) return ''
  let kept = ''
  let used = 1
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment)
    if (used > width) break
    kept += segment
  }
  return `${kept}…`
}
