import { Checkbox } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import type { TargetDraft } from './channels.ts'

export interface TargetFieldsProps {
  readonly value: TargetDraft
  readonly onChange: (value: TargetDraft) => void
  readonly error: string | undefined
}

/** The fields of the chosen channel. */
export const TargetFields = ({ value, onChange, error }: TargetFieldsProps) => {
  const set = (change: Partial<TargetDraft>) => onChange({ ...value, ...change })
  switch (value.channel) {
    case 'WEBHOOK':
      return (
        <Field label="URL" required hint="Receives signed HTTP requests (Standard Webhooks 1.0)." error={error}>
          <TextInput
            mono
            type="url"
            placeholder="https://"
            value={value.url}
            onChange={({ target }) => set({ url: target.value })}
          />
        </Field>
      )
    case 'SLACK':
      return (
        <Field
          label="URL of the incoming webhook"
          required
          hint="It is a credential: it is masked from now on."
          error={error}
        >
          <TextInput
            mono
            type="url"
            placeholder="https://hooks.slack.com/services/…"
            value={value.url}
            onChange={({ target }) => set({ url: target.value })}
          />
        </Field>
      )
    case 'PAGERDUTY':
      return (
        <>
          <Field label="Integration key" required hint="Of an Events API v2 integration." error={error}>
            <TextInput mono value={value.routingKey} onChange={({ target }) => set({ routingKey: target.value })} />
          </Field>
          <Field label="Endpoint" optional hint="The whole endpoint, for other regions.">
            <TextInput mono type="url" value={value.url} onChange={({ target }) => set({ url: target.value })} />
          </Field>
        </>
      )
    case 'EMAIL':
      return (
        <>
          <Field label="Addresses" optional hint="Divided by commas; at most 50." error={error}>
            <TextInput value={value.addresses} onChange={({ target }) => set({ addresses: target.value })} />
          </Field>
          <Checkbox
            label="Also the owner of the personal key"
            checked={value.keyOwner}
            onChange={(keyOwner) => set({ keyOwner })}
          />
          <Checkbox
            label="Also the members with keys:manager"
            checked={value.keyManagers}
            onChange={(keyManagers) => set({ keyManagers })}
          />
        </>
      )
  }
}
