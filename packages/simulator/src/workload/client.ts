import type { Caller, ControlPlane } from '@quarterdeck/control-plane'
import { clusterError, fail, type Outcome } from '@quarterdeck/domain'
import type { Cluster } from '../cluster/cluster.ts'
import { connect } from '../network/connection.ts'
import { startProcess } from '../world/sim-process.ts'

/** A user's program: asks some controller, and does not know what happened when no answer comes. */
export type Client = {
  readonly caller: Caller
  /** One call to one controller. `unavailable`: it was not reached; `outcome_unknown`: no answer in time. */
  ask<Value>(
    controllerIndex: number,
    act: (controlPlane: ControlPlane) => Promise<Outcome<Value>>,
  ): Promise<Outcome<Value>>
  sleep(ms: number): Promise<void>
}

const ANSWER_MS_MAX = 5_000
const HOST = 'client'

export function createClient({ world, network, recorder, controllers }: Cluster): Client {
  const process = startProcess({ world, name: HOST, clock: { rate: 1, jumpMs: 0 }, onLog: recorder.log })

  return {
    caller: { me: { id: 'ana', role: 'admin', kind: 'user' }, address: '192.0.2.1', requestId: 'r' },
    sleep: (ms) => new Promise((resolve) => process.platform.timers.after(ms, resolve)),
    ask(controllerIndex, act) {
      return new Promise((resolve) => {
        const controller = controllers[controllerIndex % controllers.length]
        const life = controller?.life
        if (!controller || !life) {
          process.platform.timers.after(1, () => resolve(fail(clusterError('unavailable', 'connection refused'))))
          return
        }
        const server = { host: controller.id, process: life.process }
        const connection = connect(world, network, { host: HOST, process }, server)
        const settle = (outcome: Outcome<never> | Parameters<typeof resolve>[0]) => {
          timer.cancel()
          connection.close('client', 'done')
          resolve(outcome)
        }
        const unknown = () => settle(fail(clusterError('outcome_unknown', 'no answer in time')))
        const timer = process.platform.timers.after(ANSWER_MS_MAX, unknown)
        life.process.onKill((how) => {
          if (how !== 'silent') connection.close('server', 'the controller is gone')
        })
        connection.onClose('client', unknown)
        connection.send('client', () => {
          void act(life.controlPlane).then((outcome) => connection.send('server', () => settle(outcome)))
        })
      })
    },
  }
}

/** Whether the same question may get another answer later or elsewhere. */
export function isWorthRetrying({ ok, ...rest }: Outcome<unknown>): boolean {
  if (ok || !('error' in rest)) return false
  return retried.has(rest.error.code)
}

const retried = new Set<string>([
  'unavailable',
  'outcome_unknown',
  'overloaded',
  'no_leader',
  'not_leader',
  'revision_conflict',
  'rate_limited',
])
