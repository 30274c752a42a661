'use client'

import type { DrainOptions, DrainPlan, NodeId } from '@quarterdeck/domain'
import { useEffect, useRef, useState } from 'react'
import { api } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { useVersion } from '../live/use-live.ts'

const TYPING_PAUSE_MS = 250
/** The cluster changes all the time; the plan is computed again at most this often. */
const RECOMPUTE_EVERY_MS = 2_000
/** A button that changes its meaning must not be hit by a click meant for the old one. */
const GUARD_MS = 600

/**
 * The plan of a drain, kept current while the dialog is open: computed again when the options or the cluster change.
 * `changed` says what differs from the plan before, for as long as the button is held back.
 */
export function useDrainPreview(ids: readonly NodeId[], options: DrainOptions | null) {
  const [plan, setPlan] = useState<DrainPlan | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [changed, setChanged] = useState<string | null>(null)
  const [round, setRound] = useState(0)
  const last = useRef<{ plan: DrainPlan | null; options: string; atMs: number }>({
    plan: null,
    options: '',
    atMs: Number.NEGATIVE_INFINITY,
  })
  const cluster = `${useVersion('nodes')} ${useVersion('tasks')} ${round}`
  const wanted = options === null ? null : JSON.stringify(options)
  const targets = ids.join(' ')

  useEffect(() => {
    // Named so that a change of the cluster starts this effect again.
    void cluster
    if (wanted === null) return
    let isCurrent = true
    const isNewQuestion = last.current.options !== wanted
    const waitMs = isNewQuestion
      ? TYPING_PAUSE_MS
      : Math.max(TYPING_PAUSE_MS, last.current.atMs + RECOMPUTE_EVERY_MS - performance.now())
    const timer = setTimeout(async () => {
      const before = isNewQuestion ? null : last.current.plan
      last.current = { ...last.current, options: wanted, atMs: performance.now() }
      try {
        const next = await api.nodes.previewDrain.mutate({
          ids: targets.split(' ') as NodeId[],
          options: JSON.parse(wanted) as DrainOptions,
        })
        if (!isCurrent) return
        last.current.plan = next
        setPlan(next)
        setProblem(null)
        if (before) setChanged(differenceOf(before, next))
      } catch (error) {
        if (isCurrent) setProblem(toProblem(error))
      }
    }, waitMs)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [wanted, cluster, targets])

  useEffect(() => {
    if (!changed) return
    const timer = setTimeout(() => setChanged(null), GUARD_MS)
    return () => clearTimeout(timer)
  }, [changed])

  return { plan, problem, changed, recompute: () => setRound((count) => count + 1) }
}

/** What a person should notice between two plans; null when nothing that matters differs. */
export function differenceOf(before: DrainPlan, after: DrainPlan): string | null {
  const words = {
    move: 'move',
    finish: 'finish here',
    stay: 'stay',
    end: 'end',
    nowhere: 'have nowhere to go',
  } as const
  const differences = (Object.keys(words) as (keyof typeof words)[])
    .filter((key) => before.counts[key] !== after.counts[key])
    .map((key) => `${after.counts[key]} instead of ${before.counts[key]} ${words[key]}`)
  if (differences.length > 0) return `Preview changed: ${differences.join(', ')}.`
  const isMoved = after.moves.some(
    (move) => before.moves.find((each) => each.taskId === move.taskId)?.toNodeId !== move.toNodeId,
  )
  return isMoved ? 'Preview changed: some tasks go to other nodes.' : null
}
