// What a deployment of a given size needs, from what was measured. npm run bench:scale [-- KEYS SUBSCRIBERS ORGANIZATIONS]

/** Measured on two shared cores: see RESULTS.md and docs/scale.md, which say how. Replace them by those of your machines. */
const MEASURED = {
  /** A row of keys and of key_secrets with their parts of the indexes, PostgreSQL. */
  bytesPerKey: 1_655,
  /** A row of audit_events with its part of six indexes, PostgreSQL. */
  bytesPerEvent: 1_365,
  /** Facts of a key in the cache of an instance. */
  cacheBytesPerKey: 4_084,
  /** An open subscription on a WebSocket of its own. */
  bytesPerSubscriber: 31 * 1_024,
  /** Processor time for the delivery of one event to one subscriber. */
  secondsPerDelivery: 0.388 / 10_000,
  /** Introspections of a secret that one core answers in a second. */
  introspectionsPerCore: 11_746,
  /** Changes to one audit log in a second: they are serial. */
  appendsPerLog: 548,
  /** Changes to many audit logs in a second, PostgreSQL and service on two cores. */
  appendsPerDatabase: 548,
} as const

/** Limits of one instance, as configured by default. */
const INSTANCE = { subscriptions: 50_000, cachedKeys: 100_000, cores: 1 } as const

/** What a year of use looks like. Change what differs for you. */
const LOAD = {
  /** Part of the keys that are used in a given hour. */
  activePart: 0.05,
  /** Introspections of an active key in a second. */
  introspectionsPerActiveKey: 0.02,
  /** Changes of a key in a year: created, warned of five times, rotated, expired. */
  eventsPerKeyAndYear: 12,
  /** Tokens that an active key is exchanged for in an hour, each an event. */
  tokensPerActiveKeyAndHour: 1,
  /** How long events are kept, in days. */
  retentionDays: 90,
} as const

const SECONDS_PER_YEAR = 365 * 86_400
const [keys = 100e6, subscribers = 1e6, organizations = 100e3] = process.argv.slice(2).map(Number)

const tebibytes = (bytes: number): string => `${(bytes / 2 ** 40).toFixed(2)} TiB`
const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`
const count = (value: number): string => Math.ceil(value).toLocaleString('en-US')

const active = keys * LOAD.activePart
const eventsPerSecond =
  (keys * LOAD.eventsPerKeyAndYear) / SECONDS_PER_YEAR + (active * LOAD.tokensPerActiveKeyAndHour) / 3_600
const keptEvents = eventsPerSecond * LOAD.retentionDays * 86_400
const introspections = active * LOAD.introspectionsPerActiveKey
// Events about keys, not those of tokens, go to all who follow the organization.
const deliveries =
  ((keys * LOAD.eventsPerKeyAndYear) / SECONDS_PER_YEAR / organizations) * (subscribers / organizations) * organizations
const forCores = introspections / MEASURED.introspectionsPerCore + deliveries * MEASURED.secondsPerDelivery
const instances = {
  'for subscriptions': subscribers / INSTANCE.subscriptions,
  'for active keys in the cache': active / INSTANCE.cachedKeys,
  'for processor time': forCores / INSTANCE.cores,
}
const databases = {
  'for events a second': eventsPerSecond / MEASURED.appendsPerDatabase,
}

const rows: [string, string][] = [
  ['keys', count(keys)],
  ['subscribers', count(subscribers)],
  ['organizations', count(organizations)],
  ['', ''],
  ['events a second', count(eventsPerSecond)],
  ['events a second of the mean organization', (eventsPerSecond / organizations).toFixed(3)],
  [
    'largest organization before its log is the limit, part of all',
    (MEASURED.appendsPerLog / eventsPerSecond).toFixed(2),
  ],
  ['introspections a second', count(introspections)],
  ['live deliveries a second', count(deliveries)],
  ['', ''],
  ['keys on the disk', gibibytes(keys * MEASURED.bytesPerKey)],
  [`events of ${LOAD.retentionDays} days on the disk`, tebibytes(keptEvents * MEASURED.bytesPerEvent)],
  ['memory of all subscriptions', gibibytes(subscribers * MEASURED.bytesPerSubscriber)],
  ['memory of all active keys in caches', gibibytes(active * MEASURED.cacheBytesPerKey)],
  ['', ''],
  ...Object.entries(instances).map(([what, value]): [string, string] => [`instances ${what}`, count(value)]),
  ...Object.entries(databases).map(([what, value]): [string, string] => [
    `databases like the measured one ${what}`,
    count(value),
  ]),
]
const width = Math.max(...rows.map(([what]) => what.length))
for (const [what, value] of rows) console.log(what === '' ? '' : `${what.padEnd(width)}  ${value.padStart(14)}`)
