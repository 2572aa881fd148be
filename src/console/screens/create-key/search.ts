import { defined, oneOf, type RawSearch, text } from '../../app/search.ts'

/** What the form starts with, so that a link can lead to a prepared form. */
export const CreateKeySearch = (search: RawSearch) =>
  defined({
    kind: oneOf(search, 'kind', ['api', 'personal'] as const),
    template: text(search, 'template', 40),
    project: text(search, 'project', 40),
  })
