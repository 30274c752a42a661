import type { ServiceRow, TaskRow } from '@quarterdeck/domain'
import { plural } from '../format/amount.ts'
import type { Tone } from '../ui/tone.ts'

/** What a service is, in one word, and how much it matters. */
export function serviceState({ desired, condition, rollout }: ServiceRow): {
  readonly word: string
  readonly tone: Tone
} {
  if (desired === 'removed') return { word: 'being removed', tone: 'calm' }
  if (condition.state === 'degraded') return { word: 'degraded', tone: 'bad' }
  if (rollout?.state === 'paused') return { word: 'update paused', tone: 'warn' }
  if (rollout?.state === 'running') return { word: rolloutVerbs[rollout.kind], tone: 'info' }
  return condition.state === 'starting' ? { word: 'starting', tone: 'info' } : { word: 'healthy', tone: 'ready' }
}

const rolloutVerbs = { update: 'updating', rollback: 'rolling back', revert: 'going back' } as const

/** How far an update is: replicas of its version that are healthy. */
export function rolloutDone({ rollout, byVersion }: ServiceRow): number {
  return byVersion.find(({ version }) => version === rollout?.toVersion)?.healthy ?? 0
}

export function wantedWords({ mode, wanted }: ServiceRow): string {
  return mode === 'system' ? `one on each of ${plural(wanted, 'matching node')}` : plural(wanted, 'replica')
}

/** What its agent, or its end, says of one replica. */
export function replicaWords({ state, health, exit, notBeforeMs }: TaskRow): string {
  if (exit?.error) return exit.error
  if (state === 'delayed' && notBeforeMs !== null) return 'waits for its restart'
  if (state !== 'running') return ''
  if (!health) return 'running'
  return health.healthy ? 'healthy' : `unhealthy: ${health.because}`
}
