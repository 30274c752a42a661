'use client'

import { type Role, roles } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { attempt } from '../acts/node-acts.ts'
import { api, queries, queryClient } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { DURATION_HINT, parseDuration } from '../format/duration.ts'
import { useWriteRefusal } from '../session/use-me.ts'
import { Age, Countdown } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Card } from '../ui/layout.tsx'
import { Failed } from '../ui/states.tsx'
import { toast } from '../ui/toasts.tsx'
import { AskedTable } from './asked-table.tsx'

const refresh = () => queryClient.invalidateQueries(queries.tokens.listApi.queryFilter())

/** Credentials of programs. */
export function ApiTokens() {
  const tokens = useQuery(queries.tokens.listApi.queryOptions())
  const write = useWriteRefusal()
  const revoke = (id: NonNullable<typeof tokens.data>[number]['id'], name: string) =>
    attempt(async () => {
      await api.tokens.revokeApi.mutate({ id })
      await refresh()
      toast(`The API token ${name} no longer works.`)
    })
  return (
    <div className="flex flex-col gap-4">
      <Card title="New API token">
        <NewApiToken />
      </Card>
      <AskedTable
        label="API tokens"
        asked={tokens}
        titles={['Name', 'Role', 'Id', 'Made', 'Expires', '']}
        empty="No API token yet. Programs, and qd on other machines, use one."
        row={(token) => (
          <tr key={token.id}>
            <td className="font-medium">{token.name}</td>
            <td>{token.role}</td>
            <td className="font-mono text-compact">{token.id}</td>
            <td className="text-muted">
              <Age atMs={token.createdAtMs} suffix=" ago" /> by {token.createdBy}
            </td>
            <td>{token.expiresAtMs === null ? 'when revoked' : <Countdown untilMs={token.expiresAtMs} />}</td>
            <td className="text-right">
              <Button look="quiet" refusal={write} onClick={() => void revoke(token.id, token.name)}>
                Revoke
              </Button>
            </td>
          </tr>
        )}
      />
    </div>
  )
}

function NewApiToken() {
  const write = useWriteRefusal()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [ttl, setTtl] = useState('90d')
  const [token, setToken] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const ttlMs = ttl.trim() === '' ? null : parseDuration(ttl)
  const isTtlWrong = ttl.trim() !== '' && ttlMs === null

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (isTtlWrong) return
    setProblem(null)
    try {
      const made = await api.tokens.createApi.mutate({ name, role, ttlMs })
      setToken(made.token)
      await refresh()
    } catch (error) {
      setProblem(toProblem(error))
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3 p-3">
      <div className="grid items-start gap-3 sm:grid-cols-3">
        <TextField
          label="Name"
          required
          value={name}
          placeholder="ci"
          maxLength={63}
          onChange={(event) => setName(event.target.value)}
        />
        <SelectField label="Role" value={role} onChange={(event) => setRole(event.target.value as Role)}>
          {roles.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </SelectField>
        <TextField
          label="Usable for"
          value={ttl}
          hint="Empty: until it is revoked."
          problem={isTtlWrong ? DURATION_HINT : null}
          onChange={(event) => setTtl(event.target.value)}
        />
      </div>
      {problem && <Failed what="No token was made." problem={problem} />}
      <Button type="submit" look="primary" className="self-start" refusal={write}>
        Create API token
      </Button>
      {token && (
        <section aria-label="New API token" className="flex flex-col gap-2">
          <p>
            <strong>The token is shown only now.</strong>
          </p>
          <CopyLine text={token} label="Copy token" />
        </section>
      )}
    </form>
  )
}
