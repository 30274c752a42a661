'use client'

import { limits, type Role, roles, type UserId, type UserView } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { attempt } from '../acts/node-acts.ts'
import { api, queries, queryClient } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { useMe, useWriteRefusal } from '../session/use-me.ts'
import { ActDialog } from '../ui/act-dialog.tsx'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { openDialog } from '../ui/dialog-host.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Card } from '../ui/layout.tsx'
import { Menu } from '../ui/menu.tsx'
import { Failed } from '../ui/states.tsx'
import { toast } from '../ui/toasts.tsx'
import { AskedTable } from './asked-table.tsx'
import { PasswordDialog } from './password-dialog.tsx'

const refresh = () => queryClient.invalidateQueries(queries.users.list.queryFilter())

export function Users() {
  const users = useQuery(queries.users.list.queryOptions())
  return (
    <div className="flex flex-col gap-4">
      <AskedTable
        label="Users"
        asked={users}
        titles={['User', 'Role', 'State', 'Made', '']}
        empty="There is no user."
        row={(user) => <UserRow key={user.id} user={user} />}
      />
      <Card title="New user">
        <NewUser />
      </Card>
    </div>
  )
}

function UserRow({ user }: { readonly user: UserView }) {
  const me = useMe()
  const write = useWriteRefusal()
  const own = me?.id === user.id ? 'This is you. Another admin can do that.' : null
  const change = (input: { role?: Role; disabled?: boolean }, done: string) =>
    attempt(async () => {
      await api.users.update.mutate({ id: user.id, ...input })
      await refresh()
      toast(done)
    })
  return (
    <tr>
      <td className="font-medium">{user.id}</td>
      <td>
        <select
          aria-label={`Role of ${user.id}`}
          value={user.role}
          disabled={own !== null || write !== null}
          onChange={(event) =>
            void change({ role: event.target.value as Role }, `${user.id} is now ${event.target.value}.`)
          }
          className="min-h-7 rounded-control border border-control bg-bg px-1.5"
        >
          {roles.map((role) => (
            <option key={role}>{role}</option>
          ))}
        </select>
      </td>
      <td>{user.disabled ? <span className="text-warn">may not sign in</span> : 'may sign in'}</td>
      <td className="text-muted">
        <Age atMs={user.createdAtMs} suffix=" ago" />
      </td>
      <td className="text-right">
        <Menu
          trigger={
            <Button look="quiet" aria-label={`Acts on ${user.id}`}>
              ▾
            </Button>
          }
          items={[
            {
              text: user.disabled ? 'Allow to sign in' : 'Forbid to sign in',
              refusal: write ?? own,
              onSelect: () =>
                void change(
                  { disabled: !user.disabled },
                  user.disabled ? `${user.id} may sign in again.` : `${user.id} may not sign in, and is signed out.`,
                ),
            },
            {
              text: 'Set a new password…',
              refusal: write,
              onSelect: () => openDialog((close) => <PasswordDialog userId={user.id} close={close} />),
            },
            {
              text: 'Remove…',
              refusal: write ?? own,
              isDangerous: true,
              onSelect: () => openDialog((close) => <RemoveUserDialog id={user.id} close={close} />),
            },
          ]}
        />
      </td>
    </tr>
  )
}

function RemoveUserDialog({ id, close }: { readonly id: UserId; readonly close: () => void }) {
  return (
    <ActDialog
      title={`Remove the user ${id}?`}
      verb={`Remove ${id}`}
      failure={`${id} was not removed.`}
      close={close}
      withReason={false}
      typeToConfirm={{ text: id, label: `Type ${id} to confirm` }}
      intentKeys={[`user:${id}`]}
      run={async () => {
        await api.users.remove.mutate({ id })
        await refresh()
        return `Removed ${id}.`
      }}
    >
      <p>
        All sessions of {id} end. What {id} has done stays in the audit trail.
      </p>
    </ActDialog>
  )
}

function NewUser() {
  const write = useWriteRefusal()
  const [id, setId] = useState('')
  const [password, setPassword] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [problem, setProblem] = useState<Problem | null>(null)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setProblem(null)
    try {
      await api.users.create.mutate({ id: id as UserId, role, password })
      await refresh()
      toast(`${id} can sign in as ${role}.`)
      setId('')
      setPassword('')
    } catch (error) {
      setProblem(toProblem(error))
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="grid items-start gap-3 p-3 sm:grid-cols-3">
      <TextField
        label="User"
        required
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={id}
        hint="Lower case letters, digits, . _ -"
        onChange={(event) => setId(event.target.value.trim().toLowerCase())}
      />
      <TextField
        label="First password"
        type="password"
        required
        autoComplete="new-password"
        minLength={limits.passwordLengthMin}
        value={password}
        hint={`${limits.passwordLengthMin} characters or more`}
        onChange={(event) => setPassword(event.target.value)}
      />
      <SelectField label="Role" value={role} onChange={(event) => setRole(event.target.value as Role)}>
        {roles.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </SelectField>
      {problem && (
        <div className="sm:col-span-3">
          <Failed what="The user was not made." problem={problem} />
        </div>
      )}
      <Button type="submit" look="primary" refusal={write} className="justify-self-start">
        Create user
      </Button>
    </form>
  )
}
