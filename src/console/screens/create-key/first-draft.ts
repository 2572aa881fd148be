import type { Grant } from '../../../kernel/grants.ts'
import { holds } from '../../../kernel/grants.ts'
import { choiceOfDuration, defaultExpiry, type ExpiryPolicy, presetsFor } from '../../keys/expiry.ts'
import { withinOwn } from '../../keys/grantable.ts'
import type { Draft, DraftKind } from './draft.ts'
import { TEMPLATES, type Template } from './templates.ts'

interface Surroundings {
  readonly modules: readonly { readonly name: string; readonly builtIn: boolean }[]
  readonly projects: readonly { readonly id: string }[]
  readonly policy?: ExpiryPolicy | null
}

/** The draft with what a template suggests, as far as the policy and the caller's own grants allow it. */
export const applyTemplate = (draft: Draft, template: Template, place: Surroundings, held: readonly Grant[]): Draft => {
  const own = place.modules.filter(({ builtIn }) => !builtIn).map(({ name }) => name)
  const policy = place.policy ?? null
  const fits = presetsFor(policy).includes(template.lifetime)
  return {
    ...draft,
    name: template.name,
    grants: withinOwn(held, template.grants(own)),
    everything: false,
    expiry: fits ? choiceOfDuration(template.lifetime) : defaultExpiry(policy),
  }
}

/** What the form starts with. People who may not create API keys start with a personal one. */
export const firstDraft = (
  place: Surroundings,
  held: readonly Grant[],
  search: { readonly kind?: DraftKind; readonly template?: string; readonly project?: string },
): Draft => {
  const kind = search.kind ?? (holds(held, 'keys', 'OPERATOR') ? 'api' : 'personal')
  const draft: Draft = {
    kind,
    name: '',
    description: '',
    projectId: place.projects.some(({ id }) => id === search.project) ? (search.project ?? '') : '',
    grants: {},
    everything: kind === 'personal',
    expiry: defaultExpiry(place.policy ?? null),
    ranges: '',
  }
  const template = TEMPLATES.find(({ id }) => id === search.template)
  return template ? applyTemplate(draft, template, place, held) : draft
}
