import type { CodegenConfig } from '@graphql-codegen/cli'

const settings = {
  // TypedDocumentString: sent as it is, so a client needs no GraphQL parser or printer at run time.
  documentMode: 'string',
  useTypeImports: true,
  // Unions of string literals: enums are not erasable syntax.
  enumType: 'string-literal',
  // A new scalar has to be given its type here before anything is generated.
  strictScalars: true,
  scalars: {
    ID: 'string',
    DateTime: 'string',
    Duration: 'string',
    SafeInt: 'number',
    JSONObject: 'Record<string, unknown>',
  },
}

const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  importExtension: '.ts',
  generates: {
    'src/generated/': {
      preset: 'client',
      documents: 'schema/operations/*.graphql',
      // Who uses a document imports it from generated/graphql.ts: no barrel, and no masks to take off again.
      presetConfig: { fragmentMasking: false, skipIndexFile: true },
      config: settings,
    },
    'src/console/generated/': {
      preset: 'client',
      documents: 'src/console/**/*.graphql',
      // A part of a screen sees only the fragment that it asks for, so parts can change without each other.
      presetConfig: { fragmentMasking: { unmaskFunctionName: 'readFragment' }, skipIndexFile: true },
      config: settings,
    },
  },
}

export default config
