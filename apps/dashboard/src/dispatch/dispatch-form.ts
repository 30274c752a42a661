import type { FaultStrategy } from '@quarterdeck/domain'
import { noWishes, type WishFields } from './wishes.ts'

/** The dispatch form as text fields: what a person types, before it means anything. */
export type DispatchForm = WishFields & {
  readonly driver: 'exec' | 'handler'
  readonly name: string
  readonly command: string
  readonly args: string
  readonly isShell: boolean
  readonly env: string
  readonly workingFolder: string
  readonly user: string
  readonly handler: string
  readonly input: string
  readonly cpu: string
  readonly memory: string
  readonly gpu: string
  readonly needs: string
  readonly pool: string
  readonly maxRunning: string
  readonly maxPerNode: string
  readonly onNode: string
  readonly strategy: string
  /** Strategies with > between; when it is filled in, it counts and `strategy` does not. */
  readonly chain: string
  readonly hashKey: string
  readonly nearZone: string
  readonly priority: string
  readonly policy: 'at-least-once' | 'at-most-once' | 'exclusive'
  readonly attempts: string
  readonly backoff: string
  readonly onFailure: FaultStrategy
  /** JSON; empty: none. */
  readonly fallback: string
  /** A script that runs in its place when every attempt has failed; empty: none. */
  readonly fallbackRun: string
  /** A job template and its values that run in its place; empty: none. */
  readonly fallbackJob: string
  readonly deadline: string
  readonly obeysBreaker: boolean
  readonly timeLimit: string
  readonly onDrain: 'finish' | 'move'
  readonly isDurable: boolean
}

export const emptyDispatchForm: DispatchForm = {
  ...noWishes,
  driver: 'exec',
  name: '',
  command: '',
  args: '',
  isShell: false,
  env: '',
  workingFolder: '',
  user: '',
  handler: '',
  input: 'null',
  cpu: '0.1',
  memory: '64 MiB',
  gpu: '',
  needs: '',
  pool: '',
  maxRunning: '',
  maxPerNode: '',
  onNode: '',
  strategy: '',
  chain: '',
  hashKey: '',
  nearZone: '',
  priority: '50',
  policy: 'at-least-once',
  attempts: '3',
  backoff: '1s',
  onFailure: 'failover',
  fallback: '',
  fallbackRun: '',
  fallbackJob: '',
  deadline: '',
  obeysBreaker: true,
  timeLimit: '15m',
  onDrain: 'finish',
  isDurable: false,
}

export type FieldProblems = Partial<Record<keyof DispatchForm, string>>
