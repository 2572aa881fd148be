import type { CodegenConfig } from '@graphql-codegen/cli'

const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: 'schema/operations/*.graphql',
  importExtension: '.ts',
  generates: {
    'src/generated/': {
      preset: 'client',
      // Who uses a document imports it from generated/graphql.ts: no barrel, and no masks to take off again.
      presetConfig: { fragmentMasking: false, skipIndexFile: true },
      config: {
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
      },
    },
  },
}

export default config
