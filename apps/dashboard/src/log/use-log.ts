'use client'

import type { TaskId } from '@quarterdeck/domain'
import type { LogLine } from '@quarterdeck/domain/wire'
import { useEffect, useState } from 'react'
import { api } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { LogBuffer } from './log-buffer.ts'

const REOPEN_MS = 1_500
const HIDDEN_FLUSH_MS = 500

export type LogFeed = {
  readonly buffer: LogBuffer
  readonly version: number
  readonly isOpen: boolean
  /** The attempt has ended and every line was sent. */
  readonly isFinished: boolean
  readonly problem: Problem | null
}

/** Follows the output of one attempt. Lines are handed over once per frame; after a break it goes on at the byte where it stopped. */
export function useLog(id: string, attempt: number | null): LogFeed {
  const [feed, setFeed] = useState<LogFeed>(() => startOf())

  useEffect(() => {
    if (attempt === null || attempt === 0) return
    const buffer = new LogBuffer()
    let offset = 0
    let waiting: LogLine[] = []
    let isScheduled = false
    let isCurrent = true
    let reopen: ReturnType<typeof setTimeout> | null = null
    let subscription: { unsubscribe(): void } | null = null
    setFeed({ ...startOf(), buffer })

    const flush = () => {
      isScheduled = false
      buffer.append(waiting)
      waiting = []
      if (isCurrent) setFeed((before) => ({ ...before, version: buffer.version }))
    }
    const schedule = () => {
      if (isScheduled) return
      isScheduled = true
      if (document.hidden) setTimeout(flush, HIDDEN_FLUSH_MS)
      else requestAnimationFrame(flush)
    }
    const open = () => {
      reopen = null
      subscription = api.tasks.logs.subscribe(
        { id: id as TaskId, attempt, fromOffset: offset },
        {
          onStarted: () => isCurrent && setFeed((before) => ({ ...before, isOpen: true, problem: null })),
          onData: ({ data }) => {
            // A reconnect of the library itself may repeat the line it stopped at.
            if (data.stream !== 'marker' && data.endOffset <= offset) return
            offset = Math.max(offset, data.endOffset)
            waiting.push(data)
            schedule()
          },
          onError: (error) => {
            subscription?.unsubscribe()
            if (!isCurrent) return
            setFeed((before) => ({ ...before, isOpen: false, problem: toProblem(error) }))
            reopen ??= setTimeout(open, REOPEN_MS)
          },
          onComplete: () => isCurrent && setFeed((before) => ({ ...before, isOpen: false, isFinished: true })),
        },
      )
    }
    open()
    return () => {
      isCurrent = false
      if (reopen) clearTimeout(reopen)
      subscription?.unsubscribe()
    }
  }, [id, attempt])

  return feed
}

function startOf(): LogFeed {
  return { buffer: new LogBuffer(), version: 0, isOpen: false, isFinished: false, problem: null }
}
