import type { PrimaryStatus, TaskState } from '@quarterdeck/domain'
import type { ReactNode } from 'react'

/** Each status has its own shape, so that colour is never the only signal. Drawn in a 14 px box. */
const statusShapes: Record<PrimaryStatus, ReactNode> = {
  ready: <circle cx="7" cy="7" r="5" fill="currentColor" />,
  joining: (
    <>
      <circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M7 7V2a5 5 0 0 1 5 5z" fill="currentColor" />
    </>
  ),
  draining: (
    <>
      <circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M7 2a5 5 0 0 0 0 10z" fill="currentColor" />
    </>
  ),
  drained: (
    <>
      <circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <circle cx="7" cy="7" r="2" fill="currentColor" />
    </>
  ),
  cordoned: (
    <>
      <circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M4 7h6" stroke="currentColor" strokeWidth="2" />
    </>
  ),
  suspect: <path d="M7 1.5 13 12H1z" fill="currentColor" />,
  down: <path d="m2.5 2.5 9 9m0-9-9 9" stroke="currentColor" strokeWidth="2.25" strokeLinecap="round" />,
  unknown: <circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2.5 2" />,
  left: <path d="M2 7h10" stroke="currentColor" strokeWidth="1.5" />,
}

const taskShapes: Record<TaskState, ReactNode> = {
  delayed: statusShapes.joining,
  queued: statusShapes.unknown,
  assigned: statusShapes.joining,
  running: <path d="M4 2.5 12 7l-8 4.5z" fill="currentColor" />,
  unknown: statusShapes.suspect,
  stopping: <rect x="3" y="3" width="8" height="8" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  succeeded: (
    <path
      d="m2.5 7.5 3 3 6-7"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.25"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
  failed: statusShapes.down,
  cancelled: (
    <path
      d="M3 11 11 3M7 1.8a5.2 5.2 0 1 1 0 10.4A5.2 5.2 0 0 1 7 1.8z"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
    />
  ),
  'timed-out': (
    <path
      d="M7 3.5V7l2.5 1.5M7 1.8a5.2 5.2 0 1 1 0 10.4A5.2 5.2 0 0 1 7 1.8z"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
    />
  ),
  dead: <rect x="2.5" y="2.5" width="9" height="9" fill="currentColor" />,
  'lost-unknown': statusShapes.suspect,
}

function Shape({ children }: { readonly children: ReactNode }) {
  return (
    <svg data-glyph aria-hidden="true" width="14" height="14" viewBox="0 0 14 14" className="shrink-0">
      {children}
    </svg>
  )
}

export function StatusGlyph({ status }: { readonly status: PrimaryStatus }) {
  return <Shape>{statusShapes[status]}</Shape>
}

export function TaskGlyph({ state }: { readonly state: TaskState }) {
  return <Shape>{taskShapes[state]}</Shape>
}
