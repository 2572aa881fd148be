import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { ExpiringKeyFragment } from '../../generated/graphql.ts'
import { formatAbsolute, formatRelative } from '../../ui/format-time.ts'
import { subscribeToTicks, tickedNow } from '../../ui/ticker.ts'
import { namedTicks, type Point, pointsOf, positionOf, TICKS, type TimelineKey } from './timeline-layout.ts'

type TimelineEntry = ExpiringKeyFragment & TimelineKey

const RADIUS = 4.5
const STEP = 20
const LANES = 9
const AXIS_HEIGHT = 26
const SIDE = 12
const HEIGHT = LANES * STEP + AXIS_HEIGHT + 8
const BASE = HEIGHT - AXIS_HEIGHT
/** The average width of a character, and what a long name is cut to. */
const CHARACTER_WIDTH = 6.7
const LONGEST_LABEL = 22

const labelOf = ({ name }: { readonly name: string }): string =>
  name.length > LONGEST_LABEL ? `${name.slice(0, LONGEST_LABEL - 1)}…` : name

/** The width of an element in pixels, as it changes. */
const useWidth = () => {
  const element = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const box = element.current
    if (box === null) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(box)
    return () => observer.disconnect()
  }, [])
  return { element, width }
}

export interface TimelineProps {
  readonly keys: readonly ExpiringKeyFragment[]
}

/** What expires in the next 90 days. The points move with the clock; a press on one opens its key. */
export const Timeline = ({ keys }: TimelineProps) => {
  const { element, width } = useWidth()
  const now = useSyncExternalStore(subscribeToTicks, tickedNow)
  const inner = Math.max(1, width - 2 * SIDE)
  const entries = keys.filter((key): key is TimelineEntry => key.expiresAt != null)
  const size = { width: inner, lanes: LANES, pointWidth: 2 * RADIUS + 6 }
  const points = pointsOf(entries, now, size, (key) => labelOf(key).length * CHARACTER_WIDTH + 8)
  const named = namedTicks(inner)
  const at = (x: number) => SIDE + x * inner
  return (
    <div ref={element} className="timeline">
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`${points.length} keys expire in the next 90 days. They are listed under Next to expire.`}
      >
        {TICKS.map(({ days, label }) => (
          <g key={days} className="timeline__tick">
            <line x1={at(positionOf(days))} x2={at(positionOf(days))} y1={0} y2={BASE} />
            {named.has(days) && (
              <text x={at(positionOf(days))} y={HEIGHT - 8} textAnchor={days === 90 ? 'end' : 'middle'}>
                {label}
              </text>
            )}
          </g>
        ))}
        <line className="timeline__axis" x1={0} x2={width} y1={BASE} y2={BASE} />
        <text className="timeline__now" x={0} y={HEIGHT - 8}>
          now
        </text>
        {points.map((point) => (
          <TimelinePoint key={point.key.id} point={point} now={now} />
        ))}
      </svg>
    </div>
  )
}

interface TimelinePointProps {
  readonly point: Point<TimelineEntry>
  readonly now: number
}

const TimelinePoint = ({ point: { key, x, lane, label, urgency }, now }: TimelinePointProps) => {
  const navigate = useNavigate()
  const expiry = new Date(key.expiresAt)
  const params = { organizationId: key.organization.id, keyId: key.id }
  const y = BASE - STEP / 2 - 2 - lane * STEP
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse alone; the same keys are links in the list beside it
    <g
      className="timeline__point"
      data-urgency={urgency}
      style={{ transform: `translate(${SIDE + x}px, ${y}px)` }}
      onClick={() => void navigate({ to: '/console/$organizationId/keys/$keyId', params })}
    >
      <circle r={RADIUS} />
      {label !== null && (
        <text
          x={label === 'right' ? RADIUS + 5 : -RADIUS - 5}
          dy="0.35em"
          textAnchor={label === 'right' ? 'start' : 'end'}
        >
          {labelOf(key)}
        </text>
      )}
      <title>{`${key.name}: expires ${formatRelative(expiry, now)}, ${formatAbsolute(expiry)}`}</title>
    </g>
  )
}
