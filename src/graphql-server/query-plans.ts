import { type DocumentNode, type ExecutionArgs, type ExecutionResult, execute, type GraphQLSchema } from 'graphql'
import { type MaybePromise, orElse } from '../kernel/maybe-promise.ts'
import type { GraphQLContext } from '../schema-kit/context.ts'
import type { Variables } from '../schema-kit/operation-cost.ts'
import { QueryPlan } from './query-plan.ts'

/** Fields of all plans together, a few hundred bytes each. With more, all plans are made anew. */
const MOST_FIELDS = 50_000
/** Executions of a document by graphql-js after one that did not go by its plan, so that few are executed twice. */
const REST = 50

interface Planned {
  readonly plan: QueryPlan | null
  /** How many of the next executions graphql-js has. */
  rest: number
}

/** Executes valid documents: queries by plans, which are kept as long as their documents, everything else by graphql-js. */
export class QueryPlans {
  private readonly schema: GraphQLSchema
  private plans = new WeakMap<DocumentNode, Planned>()
  private fields = 0

  constructor(schema: GraphQLSchema) {
    this.schema = schema
  }

  /** @param variables the coerced variables */
  execute(args: ExecutionArgs, variables: Variables): MaybePromise<ExecutionResult> {
    const planned = this.plannedFor(args.document)
    const { plan } = planned
    if (plan === null) return execute(args)
    if (planned.rest > 0) {
      planned.rest -= 1
      return execute(args)
    }
    return orElse(
      () => plan.execute(args, variables),
      () => {
        planned.rest = REST
        // What was resolved until then is resolved again.
        const { answer } = args.contextValue as GraphQLContext
        answer.clear()
        return execute(args)
      },
    )
  }

  private plannedFor(document: DocumentNode): Planned {
    const known = this.plans.get(document)
    if (known !== undefined) return known
    const planned = { plan: this.planOf(document), rest: 0 }
    this.plans.set(document, planned)
    return planned
  }

  private planOf(document: DocumentNode): QueryPlan | null {
    try {
      return QueryPlan.of(this.schema, document, () => this.count())
    } catch {
      // It has too many fields, or arguments that graphql-js reports.
      return null
    }
  }

  private count(): void {
    this.fields += 1
    if (this.fields <= MOST_FIELDS) return
    this.plans = new WeakMap()
    this.fields = 0
  }
}
