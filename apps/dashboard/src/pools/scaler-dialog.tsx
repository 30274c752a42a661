'use client'

import { type PoolPolicyInput, type PoolView, poolPolicySchema } from '@quarterdeck/domain'
import { useState } from 'react'
import { api, queries, queryClient } from '../api/client.ts'
import { DURATION_HINT, parseDuration, writeDuration } from '../format/duration.ts'
import { ActDialog } from '../ui/act-dialog.tsx'
import { Checkbox, TextField } from '../ui/field.tsx'

const SECRET_LENGTH_MIN = 16

/** Lets a pool grow and shrink by asking a provider of machines, or no longer. */
export function ScalerDialog({ pool, close }: { readonly pool: PoolView | null; readonly close: () => void }) {
  const known = pool?.scaler?.policy
  const [isOn, setIsOn] = useState(true)
  const [name, setName] = useState(pool?.pool ?? '')
  const [min, setMin] = useState(String(known?.min ?? 0))
  const [max, setMax] = useState(String(known?.max ?? 4))
  const [url, setUrl] = useState(known?.url ?? '')
  const [secret, setSecret] = useState('')
  const [downAfter, setDownAfter] = useState(writeDuration(known?.downAfterMs ?? 600_000))
  const downAfterMs = parseDuration(downAfter)
  const policy: PoolPolicyInput = {
    ...known,
    pool: name.trim(),
    min: Number(min),
    max: Number(max),
    url: url.trim(),
    ...(downAfterMs === null ? {} : { downAfterMs }),
  }
  const read = poolPolicySchema.safeParse(policy)
  const needsSecret = !known || secret !== ''
  const problem = !isOn
    ? null
    : downAfterMs === null
      ? DURATION_HINT
      : !read.success
        ? `${String(read.error.issues[0]?.path[0] ?? 'policy')}: ${read.error.issues[0]?.message}`
        : needsSecret && secret.length < SECRET_LENGTH_MIN
          ? `The secret takes at least ${SECRET_LENGTH_MIN} characters.`
          : null
  return (
    <ActDialog
      title={pool ? `Autoscale pool ${pool.pool}` : 'Autoscale a pool'}
      verb={isOn ? 'Let it scale' : 'Scale it no longer'}
      failure="It stays as it was."
      close={close}
      refusal={problem}
      intentKeys={[`pool:${name}`]}
      command={() =>
        isOn
          ? [
              'pool',
              'autoscale',
              name,
              '--min',
              min,
              '--max',
              max,
              '--provider',
              url,
              '--down-after',
              downAfter,
              '--secret-stdin',
            ]
          : ['pool', 'autoscale', name, '--off']
      }
      run={async (reason) => {
        if (isOn && read.success)
          await api.pools.setScaler.mutate({ policy: read.data, ...(secret ? { secret } : {}), reason })
        if (!isOn) await api.pools.removeScaler.mutate({ pool: name.trim(), reason })
        await queryClient.invalidateQueries(queries.pools.list.queryFilter())
        return isOn ? `Pool ${name} has from ${min} to ${max} nodes.` : `Pool ${name} is no longer autoscaled.`
      }}
    >
      {known && (
        <Checkbox
          label="It grows and shrinks through its provider"
          checked={isOn}
          onChange={(event) => setIsOn(event.target.checked)}
        />
      )}
      {!pool && (
        <TextField
          label="Pool"
          placeholder="gpu"
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      {isOn && (
        <>
          <div className="grid gap-3 sm:grid-cols-3">
            <TextField
              label="At least"
              inputMode="numeric"
              value={min}
              onChange={(event) => setMin(event.target.value)}
            />
            <TextField
              label="At most"
              inputMode="numeric"
              value={max}
              onChange={(event) => setMax(event.target.value)}
            />
            <TextField
              label="Give back after"
              hint="A node that is spare so long."
              value={downAfter}
              onChange={(event) => setDownAfter(event.target.value)}
            />
          </div>
          <TextField
            label="Address of the provider"
            placeholder="https://machines.example/quarterdeck"
            hint="The leader posts to it; docs/autoscaling.md says what."
            spellCheck={false}
            value={url}
            onChange={(event) => setUrl(event.target.value)}
          />
          <TextField
            label="Secret"
            type="password"
            autoComplete="new-password"
            hint={known ? 'Empty: the one that it has.' : 'Signs what is posted; never shown again.'}
            value={secret}
            onChange={(event) => setSecret(event.target.value)}
          />
        </>
      )}
      <p className="text-compact text-muted">
        It grows when tasks wait for room that a new node would give, and gives back a node that is spare, after a
        drain.
      </p>
    </ActDialog>
  )
}
