'use client'

import { limits, type Role, roleAllows } from '@quarterdeck/domain'
import { type FormEvent, useState } from 'react'
import { api } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { useMe } from '../session/use-me.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Card } from '../ui/layout.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { toast } from '../ui/toasts.tsx'

const rights: readonly { readonly role: Role; readonly text: string }[] = [
  { role: 'viewer', text: 'See nodes, tasks, logs, events and the control plane' },
  { role: 'operator', text: 'Dispatch and cancel tasks; cordon, drain, promote and demote nodes; move leadership' },
  {
    role: 'admin',
    text: 'Manage users and tokens; remove nodes; change the cluster’s settings; release the mass brake',
  },
]

export function AccountSettings() {
  const me = useMe()
  if (!me) return <Skeleton rows={4} />
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Card title={`${me.id}, ${me.role}`}>
        <ul className="flex flex-col gap-2 px-3 py-2">
          {rights.map(({ role, text }) => {
            const may = roleAllows(me.role, role)
            return (
              <li key={role} className={may ? '' : 'text-muted'}>
                <span aria-hidden className={may ? 'text-ready' : 'text-muted'}>
                  {may ? '✓' : '–'}
                </span>{' '}
                {text}
                {!may && <span className="block text-compact">Needs the {role} role. An admin can give it.</span>}
              </li>
            )
          })}
        </ul>
      </Card>
      <Card title="Change password">
        <PasswordForm userId={me.id} />
      </Card>
    </div>
  )
}

function PasswordForm({ userId }: { readonly userId: string }) {
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [problem, setProblem] = useState<Problem | null>(null)
  const tooShort = next !== '' && next.length < limits.passwordLengthMin
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setProblem(null)
    try {
      await api.auth.changePassword.mutate({ current, next })
      setCurrent('')
      setNext('')
      toast('Your password is changed.')
    } catch (error) {
      setProblem(toProblem(error))
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3 p-3">
      <input type="hidden" name="username" autoComplete="username" value={userId} readOnly />
      <TextField
        label="Current password"
        type="password"
        autoComplete="current-password"
        required
        value={current}
        onChange={(event) => setCurrent(event.target.value)}
      />
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        required
        value={next}
        hint={`${limits.passwordLengthMin} characters or more`}
        problem={tooShort ? `Use at least ${limits.passwordLengthMin} characters.` : null}
        onChange={(event) => setNext(event.target.value)}
      />
      {problem && <Failed what="The password was not changed." problem={problem} />}
      <Button type="submit" look="primary" className="self-start">
        Change password
      </Button>
    </form>
  )
}
