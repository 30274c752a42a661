import { clusterError, fail, ok } from '@quarterdeck/domain'
import type { OperationsService } from '../contract.ts'
import type { Core } from '../core.ts'
import { asOf } from './read-nodes.ts'

/** Long acts, newest first; those that still run come before those that ended. */
export function createOperationsService(core: Core): OperationsService {
  return {
    list({ limit }) {
      const operations = [...core.cache.all('operation').values()].map(({ value }) => value)
      const rank = (state: string) => (state === 'running' ? 0 : 1)
      operations.sort((a, b) => rank(a.state) - rank(b.state) || b.startedAtMs - a.startedAtMs)
      return asOf(core, operations.slice(0, limit))
    },
    get(id) {
      const stored = core.cache.get('operation', id)
      return stored
        ? ok(asOf(core, stored.value))
        : fail(clusterError('operation_not_found', `There is no operation ${id}.`))
    },
  }
}
