'use client'

import { clusterCan } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { attempt } from '../acts/node-acts.ts'
import { api, queries, queryClient } from '../api/client.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Skeleton } from '../ui/states.tsx'
import { toast } from '../ui/toasts.tsx'

/** What holds for everybody: the name, and how a node is chosen when a task does not say. */
export function ClusterSettings() {
  const settings = useQuery(queries.cluster.settings.queryOptions())
  const strategies = useQuery(queries.cluster.strategies.queryOptions())
  const role = useRole()
  const refusal = useWriteRefusal() ?? clusterCan.changeSettings(role)
  const [clusterName, setClusterName] = useState('')
  const [strategy, setStrategy] = useState('')
  const { data } = settings
  useEffect(() => {
    if (!data) return
    setClusterName(data.clusterName)
    setStrategy(data.strategy)
  }, [data])
  if (!data) return <Skeleton rows={4} />
  const isChanged = clusterName !== data.clusterName || strategy !== data.strategy

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (refusal || !isChanged) return
    const before = { clusterName: data.clusterName, strategy: data.strategy }
    void save({ clusterName, strategy }, () => void save(before))
  }
  const save = (change: { clusterName: string; strategy: string }, undo?: () => void) =>
    attempt(async () => {
      await api.cluster.updateSettings.mutate(change)
      await queryClient.invalidateQueries(queries.cluster.settings.queryFilter())
      toast('The cluster settings are saved.', undo ? { undo } : {})
    })

  return (
    <form onSubmit={submit} className="flex max-w-md flex-col gap-4">
      <TextField
        label="Name of the cluster"
        value={clusterName}
        maxLength={63}
        onChange={(event) => setClusterName(event.target.value)}
      />
      <SelectField
        label="A node is chosen by"
        hint={strategies.data?.find((each) => each.name === strategy)?.summary}
        value={strategy}
        onChange={(event) => setStrategy(event.target.value)}
      >
        {(strategies.data ?? [{ name: strategy }]).map((each) => (
          <option key={each.name} value={each.name}>
            {each.name}
          </option>
        ))}
      </SelectField>
      <Button
        type="submit"
        look="primary"
        className="self-start"
        refusal={refusal ?? (isChanged ? null : 'Nothing has changed.')}
      >
        Save settings
      </Button>
    </form>
  )
}
