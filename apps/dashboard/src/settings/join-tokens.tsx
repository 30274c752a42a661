'use client'

import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { attempt } from '../acts/node-acts.ts'
import { api, queries, queryClient } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { DURATION_HINT, parseDuration } from '../format/duration.ts'
import { store } from '../live/page.ts'
import { useWriteRefusal } from '../session/use-me.ts'
import { Countdown } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-button.tsx'
import { TextField } from '../ui/field.tsx'
import { Card } from '../ui/layout.tsx'
import { Failed } from '../ui/states.tsx'
import { toast } from '../ui/toasts.tsx'
import { AskedTable } from './asked-table.tsx'
import { joinCommand } from './join-command.ts'

const refresh = () => queryClient.invalidateQueries(queries.tokens.listJoin.queryFilter())

/** Tokens that let machines in, and the line that uses one. */
export function JoinTokens() {
  const tokens = useQuery({ ...queries.tokens.listJoin.queryOptions(), refetchInterval: 5_000 })
  const write = useWriteRefusal()
  const revoke = (id: NonNullable<typeof tokens.data>[number]['id']) =>
    attempt(async () => {
      await api.tokens.revokeJoin.mutate({ id })
      await refresh()
      toast(`The join token ${id} no longer works. Nodes that joined by it stay.`)
    })
  return (
    <div className="flex flex-col gap-4">
      <Card title="Let a machine join">
        <NewJoinToken />
      </Card>
      <AskedTable
        label="Join tokens"
        asked={tokens}
        titles={['Token', 'State', 'Uses left', 'Expires', 'Gives', 'Made by', '']}
        empty="No join token yet."
        row={(token) => (
          <tr key={token.id}>
            <td className="font-mono text-compact">{token.id}</td>
            <td>{token.state}</td>
            <td>
              {token.usesLeft} of {token.usesMax}
            </td>
            <td>{token.state === 'usable' ? <Countdown untilMs={token.expiresAtMs} /> : '–'}</td>
            <td className="text-muted">
              {[
                ...(token.zone ? [`zone ${token.zone}`] : []),
                ...Object.entries(token.labels).map(([key, value]) => `${key}=${value}`),
              ].join(', ') || 'no labels'}
            </td>
            <td className="text-muted">{token.createdBy}</td>
            <td className="text-right">
              {token.state === 'usable' && (
                <Button look="quiet" refusal={write} onClick={() => void revoke(token.id)}>
                  Revoke
                </Button>
              )}
            </td>
          </tr>
        )}
      />
    </div>
  )
}

function NewJoinToken() {
  const write = useWriteRefusal()
  const [uses, setUses] = useState('1')
  const [ttl, setTtl] = useState('1h')
  const [zone, setZone] = useState('')
  const [labels, setLabels] = useState('')
  const [token, setToken] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const ttlMs = parseDuration(ttl)
  const parsed = readLabels(labels)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (ttlMs === null || parsed === null) return
    setProblem(null)
    try {
      const made = await api.tokens.createJoin.mutate({
        usesMax: Number(uses),
        ttlMs,
        labels: parsed,
        zone: zone || null,
      })
      setToken(made.token)
      await refresh()
    } catch (error) {
      setProblem(toProblem(error))
    }
  }

  const controllers = [...store.controllers.values()].filter((each) => each.state === 'live').map((each) => each.url)
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3 p-3">
      <div className="grid items-start gap-3 sm:grid-cols-4">
        <TextField
          label="Machines"
          inputMode="numeric"
          value={uses}
          hint="How many may join by it."
          onChange={(event) => setUses(event.target.value)}
        />
        <TextField
          label="Usable for"
          value={ttl}
          problem={ttlMs === null ? DURATION_HINT : null}
          onChange={(event) => setTtl(event.target.value)}
        />
        <TextField
          label="Zone"
          value={zone}
          hint="Empty: the machine says."
          onChange={(event) => setZone(event.target.value.trim())}
        />
        <TextField
          label="Labels"
          value={labels}
          placeholder="disk=ssd gpu=a100"
          problem={parsed === null ? 'Write key=value, separated by spaces.' : null}
          onChange={(event) => setLabels(event.target.value)}
        />
      </div>
      {problem && <Failed what="No token was made." problem={problem} />}
      <Button type="submit" look="primary" className="self-start" refusal={write}>
        Create join token
      </Button>
      {token && (
        <section aria-label="New join token" className="flex flex-col gap-2">
          <p>
            Paste this on the machine (it needs Node 20). <strong>The token is shown only now.</strong>
          </p>
          <CopyLine text={joinCommand(window.location.origin, controllers, token)} label="Copy command" />
          <p className="text-compact text-muted">Only the token:</p>
          <CopyLine text={token} label="Copy token" />
        </section>
      )}
    </form>
  )
}

/** "disk=ssd gpu=a100" as a record; null when a word is not key=value. */
function readLabels(text: string): Record<string, string> | null {
  const labels: Record<string, string> = {}
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const at = word.indexOf('=')
    if (at <= 0) return null
    labels[word.slice(0, at)] = word.slice(at + 1)
  }
  return labels
}
