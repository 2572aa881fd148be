import { readFileSync } from 'node:fs'
import { z } from 'zod'

const attributeShape = z.object({
  requirement: z.enum(['required', 'recommended', 'optional']).optional(),
  type: z.string().optional(),
  is_array: z.boolean().optional(),
  /** The profile that the attribute belongs to. Null takes it out of one. */
  profile: z.string().nullish(),
  /** The attribute with the caption of the value. */
  sibling: z.string().optional(),
  enum: z.record(z.string(), z.object({ caption: z.string() })).optional(),
})
export type Attribute = z.infer<typeof attributeShape>
export type Attributes = Readonly<Record<string, Attribute>>

const attributesShape = z
  .object({ $include: z.array(z.string()).default([]) })
  .catchall(attributeShape)
  .transform(({ $include: includes, ...own }) => ({ includes, own: own as Attributes }))
const definitionShape = z.object({
  caption: z.string().optional(),
  category: z.string().optional(),
  uid: z.int().optional(),
  extends: z.string().optional(),
  attributes: attributesShape,
  constraints: z.object({ at_least_one: z.array(z.string()) }).optional(),
})
type Definition = z.infer<typeof definitionShape>
const schemaShape = z.object({
  version: z.string(),
  categories: z.record(z.string(), z.object({ caption: z.string(), uid: z.int() })),
  events: z.record(z.string(), definitionShape),
  includes: z.record(
    z.string(),
    z.object({ meta: z.literal('profile').optional(), name: z.string().optional() }).extend(definitionShape.shape),
  ),
  objects: z.record(z.string(), definitionShape),
  dictionary: z.object({
    attributes: z.record(z.string(), attributeShape),
    types: z.record(
      z.string(),
      z.object({
        type: z.string().optional(),
        max_len: z.int().optional(),
        regex: z.string().optional(),
        range: z.array(z.int()).optional(),
      }),
    ),
  }),
})

const published = schemaShape.parse(
  JSON.parse(readFileSync(new URL('ocsf/schema-1.3.0.json', import.meta.url), 'utf8')),
)
const { categories, includes } = published
export const { version, events, objects, dictionary } = published

/** Later attributes add to earlier ones of the same name, and their enumerations too. */
export const merged = (...layers: readonly Attributes[]): Attributes => {
  const all: Record<string, Attribute> = {}
  for (const layer of layers)
    for (const [name, attribute] of Object.entries(layer)) {
      const values = { ...all[name]?.enum, ...attribute.enum }
      all[name] = { ...all[name], ...attribute, ...(Object.keys(values).length === 0 ? {} : { enum: values }) }
    }
  return all
}

const includedAttributes = (path: string): Attributes => {
  const included = includes[path]
  if (included === undefined) throw new Error(`There is no ${path}.`)
  const { attributes, meta, name } = included
  return meta === undefined
    ? attributes.own
    : Object.fromEntries(
        Object.entries(attributes.own).map(([key, attribute]) => [key, { ...attribute, profile: name }]),
      )
}

/** A definition with what it extends and includes. */
export const resolved = (all: Readonly<Record<string, Definition>>, name: string) => {
  const path: Definition[] = []
  for (let next: string | undefined = name; next !== undefined; next = path[0]?.extends) {
    const definition: Definition | undefined = all[next]
    if (definition === undefined) throw new Error(`There is no definition of ${next}.`)
    path.unshift(definition)
  }
  const last = <Value>(read: (definition: Definition) => Value | undefined) =>
    path.map(read).findLast((value) => value !== undefined)
  return {
    attributes: merged(
      ...path.flatMap(({ attributes }) => [...attributes.includes.map(includedAttributes), attributes.own]),
    ),
    category: categories[last(({ category }) => category) ?? ''],
    atLeastOne: last(({ constraints }) => constraints)?.at_least_one ?? [],
    caption: path.at(-1)?.caption,
    uid: path.at(-1)?.uid,
  }
}
