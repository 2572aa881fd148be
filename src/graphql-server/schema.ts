import '../audit/audit.graphql.ts'
import '../organizations/organizations.graphql.ts'
import '../memberships/members.graphql.ts'
import '../keys/keys.graphql.ts'
import '../keys/lifecycle/key-mutations.graphql.ts'
import '../keys/policy.graphql.ts'
import '../keys/viewer.graphql.ts'
import '../expiry/expiry.graphql.ts'
import '../tokens/tokens.graphql.ts'
import type { GraphQLSchema } from 'graphql'
import { countAnswers } from '../schema-kit/answer-size.ts'
import { builder } from '../schema-kit/builder.ts'

export const schema: GraphQLSchema = countAnswers(builder.toSchema())
