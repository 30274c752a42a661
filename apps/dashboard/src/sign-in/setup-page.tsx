'use client'

import { limits } from '@quarterdeck/domain'
import { type FormEvent, useEffect, useState } from 'react'
import { api } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { SignInFrame } from './sign-in-frame.tsx'

/** Makes the first admin. The token is in the fragment of the link, which browsers send to no server. */
export function SetupPage() {
  const [token, setToken] = useState<string | null>(null)
  const [userId, setUserId] = useState('')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [local, setLocal] = useState<{ readonly password?: string; readonly again?: string }>({})

  useEffect(() => setToken(window.location.hash.slice(1)), [])

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const wrong = {
      ...(password.length < limits.passwordLengthMin
        ? { password: `Use at least ${limits.passwordLengthMin} characters; any characters will do.` }
        : {}),
      ...(password === again ? {} : { again: 'The two passwords differ.' }),
    }
    setLocal(wrong)
    if (Object.keys(wrong).length > 0 || !token) return
    setSending(true)
    setProblem(null)
    try {
      await api.auth.setUp.mutate({ token, userId, password })
      window.location.replace('/')
    } catch (error) {
      setProblem(toProblem(error))
      setSending(false)
    }
  }

  if (token === '') {
    return (
      <SignInFrame title="Set up this cluster">
        <p>
          This link has no token. Open the whole line that the controller printed, or{' '}
          <TextLink href="/sign-in">sign in</TextLink>.
        </p>
      </SignInFrame>
    )
  }
  return (
    <SignInFrame title="Set up this cluster">
      <p className="mb-4 text-muted">Make the first user. It is an admin; more users come from Settings.</p>
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <TextField
          label="User"
          name="username"
          autoComplete="username"
          autoCapitalize="off"
          spellCheck={false}
          required
          hint="Lower case letters, digits, . _ -"
          value={userId}
          onChange={(event) => setUserId(event.target.value.trim().toLowerCase())}
        />
        <TextField
          label="Password"
          name="new-password"
          type="password"
          autoComplete="new-password"
          required
          hint={`${limits.passwordLengthMin} characters or more`}
          problem={local.password ?? null}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <TextField
          label="Password again"
          name="new-password-again"
          type="password"
          autoComplete="new-password"
          required
          problem={local.again ?? null}
          value={again}
          onChange={(event) => setAgain(event.target.value)}
        />
        {problem && (
          <p role="alert" className="text-bad">
            {problem.message} {problem.remedy}
          </p>
        )}
        <Button look="primary" type="submit" className="min-h-9" refusal={isSending ? 'Waiting for the answer.' : null}>
          Create the first admin
        </Button>
      </form>
    </SignInFrame>
  )
}
