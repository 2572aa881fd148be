import { Ajv, type AnySchemaObject } from 'ajv'
import { z } from 'zod'
import {
  type Attribute,
  type Attributes,
  dictionary,
  events,
  merged,
  objects,
  resolved,
  version,
} from './ocsf-definitions.ts'

const OTHER = '99'

/** The schema of values of a type; false, which nothing fits, of an object without a definition. */
const schemaOfType = (type: string): AnySchemaObject | boolean => {
  if (type === 'object') return { type: 'object' }
  if (Object.hasOwn(objects, type)) return { $ref: `#/$defs/${type}` }
  const scalar = dictionary.types[type]
  if (scalar === undefined) return false
  const { type: base = type, range, max_len: maxLength, regex: pattern } = scalar
  const common = scalar.type === undefined ? {} : (schemaOfType(base) as AnySchemaObject)
  return {
    ...common,
    type: base === 'string_t' ? 'string' : 'integer',
    ...(range === undefined ? {} : { minimum: range[0], maximum: range[1] }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(pattern === undefined ? {} : { pattern }),
  }
}

const schemaOfAttribute = ({ type, is_array: isArray, enum: values }: Attribute): AnySchemaObject | boolean => {
  const plain = type === undefined ? false : schemaOfType(type)
  if (typeof plain === 'boolean') return plain
  const ids = Object.keys(values ?? {}).map((key) => (plain.type === 'integer' ? Number(key) : key))
  const one = ids.length === 0 ? plain : { ...plain, enum: ids }
  return isArray === true ? { type: 'array', items: one } : one
}

/** A value other than Other comes with its caption, where the attribute of captions is given. */
const siblingRules = (name: string, { sibling, enum: values }: Attribute): AnySchemaObject[] =>
  sibling === undefined
    ? []
    : Object.entries(values ?? {}).flatMap(([key, { caption }]) =>
        key === OTHER
          ? []
          : [
              {
                if: { properties: { [name]: { const: Number(key) } }, required: [name] },
                // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
                then: { properties: { [sibling]: { const: caption } } },
              },
            ],
      )

/** An attribute of a class or an object, with what the dictionary states of it. */
const defined = (name: string, attribute: Attribute): Attribute =>
  merged({ [name]: dictionary.attributes[name] ?? {} }, { [name]: attribute })[name] ?? {}

const schemaOf = (own: Attributes, atLeastOne: readonly string[]): AnySchemaObject => {
  const known = Object.entries(own).map(([name, attribute]) => [name, defined(name, attribute)] as const)
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(known.map(([name, attribute]) => [name, schemaOfAttribute(attribute)])),
    required: known.flatMap(([name, { requirement, profile }]) =>
      requirement === 'required' && profile == null ? [name] : [],
    ),
    allOf: [
      ...(atLeastOne.length === 0 ? [] : [{ anyOf: atLeastOne.map((name) => ({ required: [name] })) }]),
      ...known.flatMap(([name, attribute]) => siblingRules(name, attribute)),
    ],
  }
}

/** An attribute of a profile needs the profile among those that the event declares. */
const profileRules = (attributes: Attributes): AnySchemaObject[] =>
  Object.entries(attributes).flatMap(([name, { profile }]) =>
    profile == null
      ? []
      : [
          {
            if: { required: [name] },
            // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
            then: {
              properties: {
                metadata: { properties: { profiles: { contains: { const: profile } } }, required: ['profiles'] },
              },
            },
          },
        ],
  )

/** JSON Schema of a class. Its identifiers are calculated as OCSF states. */
const schemaOfClass = (name: string): AnySchemaObject => {
  const { attributes, category, caption = '', uid = 0 } = resolved(events, name)
  if (category === undefined) throw new Error(`${name} has no category.`)
  const classUid = category.uid * 1_000 + uid
  const activities = Object.entries(defined('activity_id', attributes.activity_id ?? {}).enum ?? {})
  const types = activities.map(([id, activity]) => [
    classUid * 100 + Number(id),
    { caption: `${caption}: ${activity.caption}` },
  ])
  const withValues = (attribute: string, values: Attribute['enum']) => ({ ...attributes[attribute], enum: values })
  // They replace the values of the base event: an event of a class is neither uncategorized nor a base event.
  const identified = {
    ...attributes,
    category_uid: withValues('category_uid', { [category.uid]: { caption: category.caption } }),
    class_uid: withValues('class_uid', { [classUid]: { caption } }),
    type_uid: withValues('type_uid', Object.fromEntries(types)),
  }
  const schema = schemaOf(identified, [])
  const typeRules = activities.map(([id]) => ({
    if: { properties: { activity_id: { const: Number(id) } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    then: { properties: { type_uid: { const: classUid * 100 + Number(id) } } },
  }))
  const $defs = Object.fromEntries(
    Object.keys(objects).map((object) => {
      const { attributes: own, atLeastOne } = resolved(objects, object)
      return [object, schemaOf(own, atLeastOne)]
    }),
  )
  return { ...schema, allOf: [...schema.allOf, ...typeRules, ...profileRules(identified)], $defs }
}

const ajv = new Ajv({ allErrors: true, strictRequired: false, allowUnionTypes: true })
const validators = new Map(
  Object.entries({ 3004: 'entity_management', 6003: 'api_activity' }).map(([uid, name]) => [
    Number(uid),
    ajv.compile(schemaOfClass(name)),
  ]),
)
const identified = z.object({ class_uid: z.int(), metadata: z.object({ version: z.literal(version) }) })

/** What of an event does not fit its class in OCSF 1.3.0. */
export const faultsOfOcsf = (event: unknown): string[] => {
  const parsed = identified.safeParse(event)
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  const validate = validators.get(parsed.data.class_uid)
  if (validate === undefined) return [`class_uid: ${parsed.data.class_uid} is not exported`]
  return validate(event)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`)
}
