// Loaded into a server before anything else. The clock starts TEST_CLOCK_AHEAD_MS ahead, by default 0. A SIGUSR2 sets it
// half an hour ahead of the true time, and the next one back.

const HALF_AN_HOUR_MS = 1_800_000
const TrueDate = Date
let aheadMs = Number(process.env.TEST_CLOCK_AHEAD_MS ?? 0)

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
  aheadMs = aheadMs === HALF_AN_HOUR_MS ? 0 : HALF_AN_HOUR_MS
})
