import type { ControllerId, Incarnation } from '@quarterdeck/domain'
import type { ElectionEffect, ElectionEvent } from '@quarterdeck/membership'
import type { Platform } from '@quarterdeck/platform'
import { type LeaseRecord, OutcomeUnknown, type Store } from '@quarterdeck/store'

type Call = Extract<ElectionEffect, { kind: 'read' | 'look-presence' | 'acquire' | 'renew' | 'transfer' | 'release' }>

type Deps = {
  readonly platform: Platform
  readonly store: Store
  readonly self: { readonly id: ControllerId; readonly incarnation: Incarnation }
  readonly leaseTtlMs: number
  /** Resolves when nothing of ours that carries the fence is under way any more. */
  readonly writesAnswered: () => Promise<void>
  /** Life of a controller that can be handed the lease; undefined when it is not known or not live. */
  readonly incarnationOf: (id: ControllerId) => Incarnation | undefined
  /** Every record that the store showed us, with how it was got when it is ours. */
  readonly onRecord: (
    record: LeaseRecord | null,
    gained?: { readonly how: string; readonly previous: LeaseRecord | null },
  ) => void
}

/** Makes the election machine's calls to the store, and answers each with exactly one event. */
export function createLeaseCalls(deps: Deps): (call: Call) => Promise<ElectionEvent | null> {
  const { platform, store, self, leaseTtlMs: ttlMs } = deps

  async function make(call: Call): Promise<ElectionEvent | null> {
    const sentMs = platform.clock.monotonicMs()
    switch (call.kind) {
      case 'read': {
        const record = await store.lease.read()
        deps.onRecord(record)
        return { kind: 'read', sentMs, record }
      }
      case 'look-presence':
        return { kind: 'presence', nonce: call.nonce, present: await store.presence.isPresent(call.incarnation) }
      case 'acquire': {
        const { nonce, epochFloor, over } = call
        const request = {
          holder: self.id,
          incarnation: self.incarnation,
          nonce,
          ttlMs,
          epochFloor,
          ...(over ? { over } : {}),
        }
        const reply = await store.lease.acquire(request)
        if (reply.status === 'held') {
          deps.onRecord(reply.record)
          return { kind: 'held', record: reply.record }
        }
        deps.onRecord(reply.record, { how: reply.how, previous: reply.previous })
        return {
          kind: 'acquired',
          sentMs,
          record: reply.record,
          how: reply.how,
          previous: reply.previous?.holder ?? null,
        }
      }
      case 'renew': {
        const reply = await store.lease.renew(call.fence, ttlMs)
        deps.onRecord(reply.record)
        return reply.status === 'renewed'
          ? { kind: 'renewed', sentMs, record: reply.record }
          : { kind: 'lost', record: reply.record }
      }
      case 'transfer': {
        const incarnation = deps.incarnationOf(call.to)
        if (!incarnation) return { kind: 'failed', call: 'transfer', unknown: false }
        await deps.writesAnswered()
        const reply = await store.lease.transfer(call.fence, {
          holder: call.to,
          incarnation,
          nonce: platform.ids.nonce(),
          ttlMs,
        })
        deps.onRecord(reply.record)
        return reply.status === 'transferred'
          ? { kind: 'transferred', record: reply.record }
          : { kind: 'lost', record: reply.record }
      }
      case 'release':
        await store.lease.release(call.fence)
        return null
      default:
        return call satisfies never
    }
  }

  return async (call) => {
    try {
      return await make(call)
    } catch (error) {
      if (call.kind === 'release') return null
      const name = call.kind === 'look-presence' ? 'presence' : call.kind
      return { kind: 'failed', call: name, unknown: error instanceof OutcomeUnknown }
    }
  }
}
