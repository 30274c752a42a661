'use client'

import type { LoadHistory, NodeId } from '@quarterdeck/domain'
import { useEffect, useState } from 'react'
import { api } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { connection } from '../live/page.ts'

const REFRESH_MS = 2_000
export const RANGES = { '5m': 5 * 60_000, '15m': 15 * 60_000, '1h': 3_600_000 } as const
export type Range = keyof typeof RANGES

/** Measured history of a node: the whole range once, then only the samples that are new. */
export function useHistory(
  id: string,
  range: Range,
): { readonly history: LoadHistory | null; readonly problem: Problem | null } {
  const [history, setHistory] = useState<LoadHistory | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)

  useEffect(() => {
    let isCurrent = true
    let held: LoadHistory | null = null
    let timer: ReturnType<typeof setTimeout>
    const load = async () => {
      const startMs = connection.serverNowMs() - RANGES[range]
      try {
        const fresh = await api.nodes.history.query({
          id: id as NodeId,
          sinceMs: Math.max(startMs, (held?.atMs.at(-1) ?? 0) + 1),
        })
        if (!isCurrent) return
        held = held ? appended(held, fresh, startMs) : fresh
        setHistory(held)
        setProblem(null)
      } catch (error) {
        if (isCurrent) setProblem(toProblem(error))
      }
      if (isCurrent) timer = setTimeout(() => void load(), document.hidden ? REFRESH_MS * 5 : REFRESH_MS)
    }
    setHistory(null)
    void load()
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [id, range])

  return { history, problem }
}

const columnNames = [
  'cpuShare',
  'memoryShare',
  'diskShare',
  'diskBytesPerSecond',
  'networkReceivedBytesPerSecond',
  'networkSentBytesPerSecond',
  'loadAverage1',
  'tasksRunning',
] as const

/** The held samples that are still in the range, followed by the fresh ones. Another controller may repeat some: those are dropped. */
export function appended(held: LoadHistory, fresh: LoadHistory, startMs: number): LoadHistory {
  const lastMs = held.atMs.at(-1) ?? Number.NEGATIVE_INFINITY
  const firstKept = held.atMs.findIndex((atMs) => atMs >= startMs)
  const keptFrom = firstKept === -1 ? held.atMs.length : firstKept
  const freshFrom = fresh.atMs.findIndex((atMs) => atMs > lastMs)
  const join = <Value>(before: readonly Value[], after: readonly Value[]): readonly Value[] => [
    ...before.slice(keptFrom),
    ...(freshFrom === -1 ? [] : after.slice(freshFrom)),
  ]
  const columns = Object.fromEntries(
    columnNames.map((name) => [name, join(held[name], fresh[name])]),
  ) as unknown as Omit<LoadHistory, 'nodeId' | 'atMs'>
  return { nodeId: held.nodeId, atMs: join(held.atMs, fresh.atMs), ...columns }
}
