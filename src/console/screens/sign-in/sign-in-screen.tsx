import { getRouteApi } from '@tanstack/react-router'
import { type SyntheticEvent, useEffect, useState } from 'react'
import { rememberReturn, safeReturnPath } from '../../session/return-path.ts'
import { readSession, signIn } from '../../session/session.ts'
import { Button, buttonStyle } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Field } from '../../ui/field.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { failureText, sessionText } from './reasons.ts'
import './sign-in.css'

const route = getRouteApi('/console/sign-in')

/** Signs a person in, by a personal access key or at the identity provider, and leads back to where they came from. */
export const SignInScreen = () => {
  const search = route.useSearch()
  const returnPath = safeReturnPath(search.return)
  const session = useSession(returnPath, search.reason === undefined)
  useEffect(() => {
    document.title = 'Sign in · Keyturn'
  }, [])
  return (
    <main className="sign-in">
      <div className="sign-in__card">
        <Mark />
        <h1>Sign in to Keyturn</h1>
        {search.reason !== undefined && <Callout tone="warn">{sessionText(search.reason)}</Callout>}
        <KeyForm returnPath={returnPath} />
        {session.oidc && (
          <>
            <p className="sign-in__or" aria-hidden="true">
              or
            </p>
            <a {...buttonStyle()} href="/session/oidc" onClick={() => rememberReturn(returnPath)}>
              Continue with your identity provider
            </a>
          </>
        )}
      </div>
      <p className="muted small">
        The key is exchanged for a session and is not stored in this browser. The first start of the server prints the
        owner’s key.
      </p>
    </main>
  )
}

/** What the server offers. Whoever is signed in already goes on, unless a refusal led here. */
const useSession = (returnPath: string, goesOn: boolean): { readonly oidc: boolean } => {
  const [oidc, setOidc] = useState(false)
  useEffect(() => {
    readSession().then(
      (session) => {
        if (session.signedIn && goesOn) location.replace(returnPath)
        setOidc(session.oidc)
      },
      // The form says so when it is sent.
      () => setOidc(false),
    )
  }, [returnPath, goesOn])
  return { oidc }
}

const KeyForm = ({ returnPath }: { readonly returnPath: string }) => {
  const [secret, setSecret] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault()
    const given = secret.trim()
    if (given === '') return setError('Paste a personal access key.')
    setBusy(true)
    const failure = await signIn({ secret: given })
    if (failure === null) return location.replace(returnPath)
    setBusy(false)
    setError(failureText(failure))
  }
  return (
    <form className="sign-in__form" onSubmit={(event) => void submit(event)} noValidate>
      <Field label="Personal access key" error={error} required>
        <TextInput
          mono
          type="password"
          name="secret"
          autoComplete="current-password"
          placeholder="kt_pk_…"
          value={secret}
          onChange={({ target }) => setSecret(target.value)}
        />
      </Field>
      <Button type="submit" variant="primary" busy={isBusy}>
        Sign in
      </Button>
    </form>
  )
}

const Mark = () => (
  <svg className="sign-in__mark" viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="8" />
    <circle cx="12" cy="16" r="5" />
    <path d="M17 16h8.5m-4 0v4m4-4v3" />
  </svg>
)
