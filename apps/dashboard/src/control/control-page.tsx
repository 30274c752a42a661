'use client'

import { clusterCan, compareText } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { queries } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { store } from '../live/page.ts'
import { useIsComplete, useVersion } from '../live/use-live.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { Card, Fact, Facts, PageHeader } from '../ui/layout.tsx'
import { Empty, Failed, Skeleton, Warning } from '../ui/states.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { ControllerCard } from './controller-card.tsx'
import { openReleaseBrake } from './open-dialogs.tsx'
import { TakeoverHistory } from './takeover-history.tsx'

const durabilityWords = {
  replica: 'a replica has it before it is acknowledged',
  fsync: 'it is on disk before it is acknowledged',
  written: 'it is in the memory of one store: a crash of the store can lose the last second',
} as const

/** The replicas, who leads and since when, and how much can fail. */
export function ControlPage() {
  const role = useRole()
  const write = useWriteRefusal()
  const isComplete = useIsComplete()
  const controllersVersion = useVersion('controllers')
  const tickVersion = useVersion('tick')
  const view = useQuery(queries.controlPlane.view.queryOptions())
  const leaderNow = useMemo(() => {
    void tickVersion
    return `${store.tick?.leader?.controllerId ?? ''} ${store.tick?.leader?.epoch ?? ''}`
  }, [tickVersion])
  const { refetch } = view
  useEffect(() => {
    // Asked again at each change of leader or replica: the takeover history is not in the stream.
    void leaderNow
    void controllersVersion
    void refetch()
  }, [leaderNow, controllersVersion, refetch])

  const controllers = useMemo(() => {
    void controllersVersion
    const rank = { leader: 0, standby: 1, down: 2, left: 3 } as const
    return [...store.controllers.values()].sort((a, b) => rank[a.role] - rank[b.role] || compareText(a.id, b.id))
  }, [controllersVersion])
  const { data } = view

  return (
    <>
      <PageHeader
        title="Control plane"
        note={
          data && (
            <>
              {data.tolerance}{' '}
              {data.leader && (
                <>
                  {data.leader.controllerId} has led for <Age atMs={data.leader.sinceMs} />, epoch {data.leader.epoch}.
                </>
              )}
            </>
          )
        }
      >
        {store.tick?.brake && (
          <Button refusal={write ?? clusterCan.releaseBrake(role)} onClick={openReleaseBrake}>
            Release the brake…
          </Button>
        )}
      </PageHeader>
      <div className="flex flex-col gap-3 p-4">
        {!isComplete && <Skeleton rows={6} />}
        <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
          {controllers.map((controller) => (
            <ControllerCard key={controller.id} controller={controller} />
          ))}
        </div>
        {isComplete && controllers.length === 0 && <Empty title="No controller has reported itself yet." />}
        <p className="text-muted">
          A node can host another controller: open it in <TextLink href="/nodes">Nodes</TextLink> and choose “Make it a
          control node”.
        </p>
        {view.error && (
          <Failed
            what="The history of leadership could not be loaded."
            problem={toProblem(view.error)}
            onRetry={() => void refetch()}
          />
        )}
        {data?.leadership && (
          <Card title="Changes of leader">
            <TakeoverHistory leadership={data.leadership} />
          </Card>
        )}
        {data && (
          <Card title="Store">
            <Facts>
              <Fact name="Redis">{data.store.version}</Fact>
              <Fact name="History">
                <code className="font-mono text-compact">{data.store.historyId}</code>
              </Fact>
              <Fact name="A durable write is safe when">{durabilityWords[data.store.durability]}</Fact>
            </Facts>
            {data.store.warnings.length > 0 && (
              <div className="px-3 pb-2">
                {data.store.warnings.map((warning) => (
                  <Warning key={warning}>{warning}</Warning>
                ))}
              </div>
            )}
          </Card>
        )}
      </div>
    </>
  )
}
