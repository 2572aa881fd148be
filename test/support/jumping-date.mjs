// Loaded into a server before anything else: SIGUSR2 sets its clock half an hour ahead, and the next one back.

const HALF_AN_HOUR_MS = 1_800_000
const TrueDate = Date
let aheadMs = 0

globalThis.Date = class JumpingDate extends TrueDate {
  constructor(...parts) {
    if (parts.length === 0) super(TrueDate.now() + aheadMs)
    else super(...parts)
  }

  static now() {
    return TrueDate.now() + aheadMs
  }
}

process.on('SIGUSR2', () => {
  aheadMs = HALF_AN_HOUR_MS - aheadMs
})
