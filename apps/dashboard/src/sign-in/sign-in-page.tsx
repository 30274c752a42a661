'use client'

import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { api, queries } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { nextPlace } from './next-place.ts'
import { SignInFrame } from './sign-in-frame.tsx'

export function SignInPage() {
  const state = useQuery(queries.auth.state.queryOptions())
  const [userId, setUserId] = useState('')
  const [password, setPassword] = useState('')
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const isSignedIn = Boolean(state.data?.me)

  useEffect(() => {
    if (isSignedIn) window.location.replace(nextPlace(window.location.search))
  }, [isSignedIn])

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setSending(true)
    setProblem(null)
    try {
      await api.auth.signIn.mutate({ userId, password })
      window.location.replace(nextPlace(window.location.search))
    } catch (error) {
      setProblem(toProblem(error))
      setSending(false)
    }
  }

  return (
    <SignInFrame title="Sign in">
      {state.data?.needsSetup && (
        <p className="mb-4">
          This cluster has no users yet. Open the one-time link that the controller printed when it started (it ends in{' '}
          <code className="font-mono">/setup#…</code>), or ask for a new one on its machine.
        </p>
      )}
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <TextField
          label="User"
          name="username"
          autoComplete="username"
          autoCapitalize="off"
          spellCheck={false}
          required
          value={userId}
          onChange={(event) => setUserId(event.target.value.trim())}
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {problem && (
          <p role="alert" className="text-bad">
            {problem.message} {problem.remedy}
          </p>
        )}
        <Button look="primary" type="submit" className="min-h-9" refusal={isSending ? 'Waiting for the answer.' : null}>
          Sign in
        </Button>
      </form>
    </SignInFrame>
  )
}
