import { getRouteApi } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { safeReturnPath } from '../../session/return-path.ts'
import { signIn } from '../../session/session.ts'

const route = getRouteApi('/console/sign-in')

/** Signs a person in. */
export const SignInScreen = () => {
  const search = route.useSearch()
  const [secret, setSecret] = useState('')
  const [reason, setReason] = useState(search.reason ?? null)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const failure = await signIn({ secret: secret.trim() })
    if (failure !== null) return setReason(failure.reason)
    location.replace(safeReturnPath(search.return))
  }
  return (
    <main>
      <h1>Sign in to Keyturn</h1>
      <form onSubmit={submit}>
        <label>
          Personal access key
          <input type="password" value={secret} onChange={({ target }) => setSecret(target.value)} />
        </label>
        <button type="submit" className="button" data-variant="primary">
          Sign in
        </button>
        {reason !== null && <p role="alert">{reason}</p>}
      </form>
    </main>
  )
}
