export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

/** Follows what a request does. The rooms know this interface only; src/tracing implements it. */
export interface Tracer {
  /** Runs the work in a span below the running one. A span of work that throws has the status ERROR. */
  span<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T>
}

/** Costs nothing, for a service that sends no traces. */
export const NO_TRACER: Tracer = { span: (_name, _attributes, work) => work() }
