import {
  BREAK,
  type DocumentNode,
  defaultFieldResolver,
  type ExecutionArgs,
  type ExecutionResult,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql'
import { andThen, type MaybePromise } from '../kernel/maybe-promise.ts'
import type { GraphQLContext } from '../schema-kit/context.ts'
import { type Fragments, fragmentsOf } from '../schema-kit/fragments.ts'
import type { Variables } from '../schema-kit/operation-cost.ts'
import { mergedFields } from './merged-fields.ts'

/** Fields of one plan, for every type that was met. A plan that needs more is given up. */
const MOST_FIELDS = 2_000

/** A query that does not go by its plan. It must be executed by graphql-js, which reports what is wrong. */
class OffPlan extends Error {}

const offPlan = (): never => {
  throw new OffPlan()
}

type Path = NonNullable<GraphQLResolveInfo['path']>
type Resolver = GraphQLFieldResolver<unknown, GraphQLContext>
type Values = Readonly<Record<string, unknown>>

/** One execution of a plan. */
interface Run {
  readonly plan: QueryPlan
  readonly context: GraphQLContext
  readonly rootValue: unknown
  readonly variables: Variables
}

/** Makes the value of the answer from a resolved value, as the specification's section 6.4.3 says. */
type Complete = (run: Run, info: GraphQLResolveInfo, path: Path, value: unknown) => MaybePromise<unknown>

/**
 * How a query is executed: which resolvers are called, and in what order. graphql-js determines this for each object of each
 * execution, which takes longer than most resolvers. A plan is made of the schema's own resolvers and type checks, so every
 * authorization rule is asked as by graphql-js. It knows only answers without errors: anything else, such as an error, a null
 * that must not be, or a refusal, throws, and graphql-js executes the query again from the start.
 */
export class QueryPlan {
  readonly schema: GraphQLSchema
  readonly operation: OperationDefinitionNode
  readonly fragments: Fragments
  private readonly onField: () => void
  private readonly root: PlannedObject
  private fields = 0

  private constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    root: GraphQLObjectType,
    onField: () => void,
  ) {
    this.schema = schema
    this.operation = operation
    this.fragments = fragmentsOf(document)
    this.onField = onField
    this.root = new PlannedObject(this, root, [operation])
  }

  /**
   * The plan of a valid document; null where it is not a single query, has directives, or reads the schema.
   *
   * @param onField called for each field that the plan keeps, also later
   */
  static of(schema: GraphQLSchema, document: DocumentNode, onField: () => void): QueryPlan | null {
    const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    const [operation] = operations
    const root = schema.getQueryType()
    if (root == null || operation === undefined || operations.length > 1 || isUnusual(document)) return null
    return operation.operation === OperationTypeNode.QUERY
      ? new QueryPlan(schema, document, operation, root, onField)
      : null
  }

  /**
   * Executes the query. Throws or rejects where it does not go by the plan.
   *
   * @param variables the coerced variables
   */
  execute({ contextValue, rootValue }: ExecutionArgs, variables: Variables): MaybePromise<ExecutionResult> {
    const run = { plan: this, context: contextValue as GraphQLContext, rootValue, variables }
    return andThen(this.root.execute(run, rootValue, undefined), (data) => ({ data }))
  }

  /** Counts a field that is kept. */
  count(): void {
    this.fields += 1
    if (this.fields > MOST_FIELDS) offPlan()
    this.onField()
  }
}

/** Whether a document has what plans do not know: directives, the schema as an answer, or a key that objects have anyway. */
const isUnusual = (document: DocumentNode): boolean => {
  let found = false
  const stop = () => {
    found = true
    return BREAK
  }
  visit(document, {
    Directive: stop,
    Field: ({ name, alias }) =>
      (name.value.startsWith('__') && name.value !== TypeNameMetaFieldDef.name) || alias?.value === '__proto__'
        ? stop()
        : undefined,
  })
  return found
}

/** What the fields of an object need: the selections below a field, or the operation. */
type Selecting = Pick<FieldNode, 'selectionSet'>

/** The selected fields of an object type. */
class PlannedObject {
  private readonly fields: readonly PlannedField[]
  /** The answer in its order, with the values that are always the same. A copy of it has the shape of the ones before. */
  private readonly blank: Values

  constructor(plan: QueryPlan, type: GraphQLObjectType, selecting: readonly Selecting[]) {
    const blank: Record<string, unknown> = {}
    const fields: PlannedField[] = []
    const sets = selecting.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [selectionSet]))
    const applies = ({ name }: { readonly name: { readonly value: string } }): boolean => {
      const condition = plan.schema.getType(name.value)
      return condition === type || (isAbstractType(condition) && plan.schema.isSubType(condition, type))
    }
    for (const [name, nodes] of mergedFields(plan.fragments, sets, applies)) {
      plan.count()
      const [node] = nodes
      const isTypeName = node?.name.value === TypeNameMetaFieldDef.name
      blank[name] = isTypeName ? type.name : null
      if (!isTypeName) fields.push(new PlannedField(plan, type, name, nodes))
    }
    this.blank = blank
    this.fields = fields
  }

  execute(run: Run, source: unknown, path: Path | undefined): MaybePromise<Values> {
    const answer: Record<string, unknown> = { ...this.blank }
    let waiting: Promise<void>[] | null = null
    try {
      for (const field of this.fields) {
        const value = field.execute(run, source, path)
        if (value instanceof Promise) {
          waiting ??= []
          waiting.push(
            value.then((resolved) => {
              answer[field.key] = resolved
            }),
          )
        } else answer[field.key] = value
      }
    } catch (error) {
      if (waiting === null) throw error
      return failedAfter(waiting, error)
    }
    if (waiting === null) return answer
    const all = waiting
    return Promise.all(all).then(
      () => answer,
      (error) => failedAfter(all, error),
    )
  }
}

/** Fails when nothing of the execution runs any more: graphql-js begins from the start. */
const failedAfter = async (running: readonly unknown[], error: unknown): Promise<never> => {
  await Promise.allSettled(running)
  throw error
}

/** A selected field of an object type. */
class PlannedField {
  readonly key: string
  readonly definition: GraphQLField<unknown, unknown>
  readonly nodes: readonly FieldNode[]
  readonly parentType: GraphQLObjectType
  private readonly resolve: Resolver
  private readonly complete: Complete
  private readonly argumentsIn: (run: Run) => Values

  constructor(plan: QueryPlan, parentType: GraphQLObjectType, key: string, nodes: readonly FieldNode[]) {
    const [node] = nodes
    const definition = node === undefined ? undefined : parentType.getFields()[node.name.value]
    if (node === undefined || definition === undefined) throw new OffPlan()
    this.key = key
    this.definition = definition
    this.nodes = nodes
    this.parentType = parentType
    this.resolve = definition.resolve ?? defaultFieldResolver
    this.complete = completionOf(plan, definition.type, nodes)
    this.argumentsIn = argumentsOf(definition, node)
  }

  execute(run: Run, source: unknown, parent: Path | undefined): MaybePromise<unknown> {
    const path = { prev: parent, key: this.key, typename: this.parentType.name }
    const info = new PlannedInfo(run, this, path)
    const value = this.resolve(source, this.argumentsIn(run), run.context, info)
    return value instanceof Promise
      ? value.then((resolved) => this.complete(run, info, path, resolved))
      : this.complete(run, info, path, value)
  }
}

const NO_ARGUMENTS: Values = Object.freeze({})

/** How the arguments of a field are determined: once, where they depend on no variable. */
const argumentsOf = (definition: GraphQLField<unknown, unknown>, node: FieldNode): ((run: Run) => Values) => {
  if (definition.args.length === 0) return () => NO_ARGUMENTS
  const determine = ({ variables }: Run): Values => getArgumentValues(definition, node, variables)
  if (usesVariables(node)) return definition.args.length === 1 ? onlyVariableOf(node, determine) : determine
  const values = Object.freeze(getArgumentValues(definition, node))
  return () => values
}

/** For fields like `key(id: $id)`. A variable that has a value was coerced for the type of the argument. */
const onlyVariableOf = ({ arguments: [given] = [] }: FieldNode, determine: (run: Run) => Values) => {
  if (given?.value.kind !== Kind.VARIABLE) return determine
  const [argument, variable] = [given.name.value, given.value.name.value]
  return (run: Run): Values => {
    // A variable may have the name of what every object inherits.
    const value = Object.hasOwn(run.variables, variable) ? run.variables[variable] : null
    return value === null ? determine(run) : { [argument]: value }
  }
}

const usesVariables = ({ arguments: given = [] }: FieldNode): boolean => {
  let uses = false
  for (const argument of given)
    visit(argument, {
      Variable: () => {
        uses = true
        return BREAK
      },
    })
  return uses
}

/** What resolvers may ask about the execution. Nearly none does, so it is determined on use. */
class PlannedInfo implements GraphQLResolveInfo {
  private readonly run: Run
  private readonly field: PlannedField
  readonly path: Path

  constructor(run: Run, field: PlannedField, path: Path) {
    this.run = run
    this.field = field
    this.path = path
  }

  get fieldName(): string {
    return this.field.definition.name
  }

  get fieldNodes(): readonly FieldNode[] {
    return this.field.nodes
  }

  get returnType(): GraphQLOutputType {
    return this.field.definition.type
  }

  get parentType(): GraphQLObjectType {
    return this.field.parentType
  }

  get schema(): GraphQLSchema {
    return this.run.plan.schema
  }

  get fragments(): Record<string, FragmentDefinitionNode> {
    return Object.fromEntries(this.run.plan.fragments)
  }

  get rootValue(): unknown {
    return this.run.rootValue
  }

  get operation(): OperationDefinitionNode {
    return this.run.plan.operation
  }

  get variableValues(): Record<string, unknown> {
    return this.run.variables
  }
}

const completionOf = (plan: QueryPlan, type: GraphQLOutputType, nodes: readonly FieldNode[]): Complete => {
  if (isNonNullType(type)) {
    const complete = completionOf(plan, type.ofType, nodes)
    return (run, info, path, value) => (value == null ? offPlan() : complete(run, info, path, value))
  }
  if (isListType(type)) return listOf(completionOf(plan, type.ofType, nodes), isLeafType(getNamedType(type)))
  if (isLeafType(type)) return leafOf(type)
  return isObjectType(type) ? objectOf(plan, type, nodes) : abstractOf(plan, type, nodes)
}

const leafOf =
  (type: GraphQLLeafType): Complete =>
  (_run, _info, _path, value) => {
    if (value == null) return null
    if (value instanceof Error) return offPlan()
    return type.serialize(value) ?? offPlan()
  }

const listOf =
  (complete: Complete, ofLeaves: boolean): Complete =>
  (run, info, path, value) => {
    if (value == null) return null
    if (!Array.isArray(value)) return offPlan()
    const items: unknown[] = []
    let waits = false
    try {
      for (const item of value as readonly unknown[]) {
        // Leaves have nothing below them that could ask for their path.
        const at = ofLeaves ? path : { prev: path, key: items.length, typename: undefined }
        const completed = andThen(item, (resolved) => complete(run, info, at, resolved))
        if (completed instanceof Promise) waits = true
        items.push(completed)
      }
    } catch (error) {
      if (!waits) throw error
      return failedAfter(items, error)
    }
    return waits ? Promise.all(items).catch((error) => failedAfter(items, error)) : items
  }

const objectOf = (plan: QueryPlan, type: GraphQLObjectType, nodes: readonly FieldNode[]): Complete => {
  const { isTypeOf } = type
  let planned: PlannedObject | null = null
  const execute = (run: Run, path: Path, value: unknown) => {
    // On the first value: of the types of an interface, most are never met.
    planned ??= new PlannedObject(plan, type, nodes)
    return planned.execute(run, value, path)
  }
  return (run, info, path, value) => {
    if (value == null) return null
    if (value instanceof Error) return offPlan()
    // The check of the type also asks its authorization rule.
    if (isTypeOf == null) return execute(run, path, value)
    return andThen(isTypeOf(value, run.context, info), (is) => (is ? execute(run, path, value) : offPlan()))
  }
}

const abstractOf = (plan: QueryPlan, type: GraphQLAbstractType, nodes: readonly FieldNode[]): Complete => {
  const { resolveType } = type
  const completions = new Map<string, Complete>()
  const completionFor = (name: unknown): Complete => {
    if (typeof name !== 'string') return offPlan()
    const known = completions.get(name)
    if (known !== undefined) return known
    const concrete = plan.schema.getType(name)
    if (!isObjectType(concrete) || !plan.schema.isSubType(type, concrete)) return offPlan()
    const complete = objectOf(plan, concrete, nodes)
    completions.set(name, complete)
    return complete
  }
  return (run, info, path, value) => {
    if (value == null) return null
    if (value instanceof Error || resolveType == null) return offPlan()
    return completionFor(resolveType(value, run.context, info, type))(run, info, path, value)
  }
}
