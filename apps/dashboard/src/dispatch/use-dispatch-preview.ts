'use client'

import type { DispatchPreview, TaskSubmitInput } from '@quarterdeck/domain'
import { useEffect, useState } from 'react'
import { api } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { useVersion } from '../live/use-live.ts'

const TYPING_PAUSE_MS = 300
const RECOMPUTE_EVERY_MS = 5_000

/** Where the task would run now, asked again when the form or the nodes change. */
export function useDispatchPreview(submit: TaskSubmitInput | null): {
  readonly preview: DispatchPreview | null
  readonly problem: Problem | null
} {
  const [preview, setPreview] = useState<DispatchPreview | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [round, setRound] = useState(0)
  const nodes = useVersion('nodes')
  const wanted = submit === null ? null : JSON.stringify(submit)

  useEffect(() => {
    // The nodes are looked at again, but not with every beat of a busy cluster.
    void nodes
    const timer = setTimeout(() => setRound((count) => count + 1), RECOMPUTE_EVERY_MS)
    return () => clearTimeout(timer)
  }, [nodes])

  useEffect(() => {
    void round
    if (wanted === null) {
      setPreview(null)
      return
    }
    let isCurrent = true
    const timer = setTimeout(async () => {
      try {
        const next = await api.tasks.preview.query(JSON.parse(wanted) as TaskSubmitInput)
        if (!isCurrent) return
        setPreview(next)
        setProblem(null)
      } catch (error) {
        if (isCurrent) setProblem(toProblem(error))
      }
    }, TYPING_PAUSE_MS)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [wanted, round])

  return { preview, problem }
}
