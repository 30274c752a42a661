'use client'

import type { TaskId } from '@quarterdeck/domain'
import type { LogLine } from '@quarterdeck/domain/wire'
import { useEffect, useRef, useState } from 'react'
import { api } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { LogBuffer } from './log-buffer.ts'

const REOPEN_MS = 1_500
const HIDDEN_FLUSH_MS = 500

export type LogFeed = {
  readonly buffer: LogBuffer
  readonly version: number
  readonly isOpen: boolean
  readonly problem: Problem | null
}

/**
 * Follows the output of one attempt. Lines are handed over once per frame; after a break, and as long as `mayGoOn` after the node's
 * connection was lost, it goes on at the byte where it stopped.
 */
export function useLog(id: string, attempt: number | null, mayGoOn: boolean): LogFeed {
  const [feed, setFeed] = useState<LogFeed>(() => startOf())
  const goesOn = useRef(mayGoOn)
  useEffect(() => {
    goesOn.current = mayGoOn
  }, [mayGoOn])

  useEffect(() => {
    if (attempt === null || attempt === 0) return
    const buffer = new LogBuffer()
    let offset = 0
    let lastMarker = ''
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
            // Nor does each further try say again that the node is away.
            if (data.stream === 'marker' && data.text === lastMarker) return
            lastMarker = data.stream === 'marker' ? data.text : ''
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
          onComplete: () => {
            if (!isCurrent) return
            setFeed((before) => ({ ...before, isOpen: false }))
            if (goesOn.current) reopen ??= setTimeout(open, REOPEN_MS)
          },
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
  return { buffer: new LogBuffer(), version: 0, isOpen: false, problem: null }
}
