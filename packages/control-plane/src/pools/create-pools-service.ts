import { usableNodes } from '@quarterdeck/controllers'
import { clusterError, DEFAULT_POOL, fail, ok, type PoolScaler, type PoolView } from '@quarterdeck/domain'
import { metaOf } from '../actor.ts'
import { erase, put, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { PoolsService } from '../contract.ts'
import type { Core } from '../core.ts'
import { asOf } from '../nodes/read-nodes.ts'
import { nodesOfPool, poolNodes } from './measure-pool.ts'

const SECRET_LENGTH_MIN = 16

export function createPoolsService(core: Core): PoolsService {
  return {
    list: () => asOf(core, listPools(core)),

    async setScaler({ policy, secret, reason }, caller) {
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('pool-scaler', policy.pool)
        const key = secret ?? stored?.value.secret
        if (key === undefined || key.length < SECRET_LENGTH_MIN)
          return fail(
            clusterError(
              'bad_input',
              `secret: the provider checks with it who asks; give at least ${SECRET_LENGTH_MIN} characters.`,
              {
                field: 'secret',
              },
            ),
          )
        const fresh: PoolScaler = {
          v: 1,
          id: policy.pool,
          policy,
          secret: key,
          sequence: 0,
          request: null,
          spare: [],
          because: 'It was not looked at yet',
          history: [],
        }
        const next = stored ? { ...stored.value, policy, secret: key } : fresh
        const text = `Pool ${policy.pool} has from ${policy.min} to ${policy.max} nodes, by its provider`
        const audit = {
          action: 'pools.setScaler',
          target: `pool:${policy.pool}`,
          reason,
          detail: policy.url.slice(0, 500),
        }
        return ok({
          value: null,
          changes: [stored ? replace(stored, next) : put('pool-scaler', next, 0)],
          meta: metaOf(core, caller, audit, [
            { type: 'pool.changed', subject: { kind: 'cluster', id: 'cluster' }, severity: 'notice', text },
          ]),
        })
      })
      return done.ok ? ok(null) : done
    },

    async removeScaler({ pool, reason }, caller) {
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('pool-scaler', pool)
        if (!stored)
          return fail(clusterError('pool_not_found', `Pool ${pool} is not autoscaled.`, { remedy: 'See qd pool ls.' }))
        const audit = { action: 'pools.removeScaler', target: `pool:${pool}`, reason }
        const text = `Pool ${pool} is no longer autoscaled`
        return ok({
          value: null,
          changes: [erase('pool-scaler', pool, stored.revision)],
          meta: metaOf(core, caller, audit, [
            { type: 'pool.changed', subject: { kind: 'cluster', id: 'cluster' }, severity: 'notice', text },
          ]),
        })
      })
      return done.ok ? ok(null) : done
    },
  }
}

function listPools(core: Core): PoolView[] {
  const waiting = new Map<string, number>()
  for (const id of core.tasks.inState('queued')) {
    const pool = core.cache.get('task-spec', id)?.value.pool ?? DEFAULT_POOL
    waiting.set(pool, (waiting.get(pool) ?? 0) + 1)
  }
  const names = new Set([...waiting.keys(), ...core.cache.all('pool-scaler').keys()])
  for (const { value } of core.cache.all('node').values()) names.add(value.pool ?? DEFAULT_POOL)
  return [...names].sort().map((pool) => {
    const nodes = nodesOfPool(core, pool)
    const scaler = core.cache.get('pool-scaler', pool)?.value
    return {
      pool,
      nodes: nodes.length,
      usable: usableNodes(poolNodes(core, pool)).filter(
        ({ health, scheduling }) => health === 'ready' && scheduling === 'open',
      ).length,
      tasksPlaced: nodes.reduce((sum, { id }) => sum + core.tasks.onNode(id).size, 0),
      waiting: waiting.get(pool) ?? 0,
      scaler: scaler ? withoutSecret(scaler) : null,
    }
  })
}

function withoutSecret({ id, policy, request, spare, because, history }: PoolScaler): PoolView['scaler'] {
  return { id, policy, request, spare, because, history }
}
