import { type ControllerId, controllerIdSchema, incarnationSchema } from '@quarterdeck/domain'
import type { AcquireRequest, LeaseRecord } from '@quarterdeck/store'
import { fenceOf, type Operation, type Side, withoutTimes } from './operation.ts'
import type { Picker } from './picker.ts'

export const controllers = ['c1', 'c2', 'c3'].map((id) => controllerIdSchema.parse(id))

/** No lease lapses in a run: a lapse is a matter of the clock, and the conformance suite has it. */
const TTL_MS = 600_000

export function leaseOperation(picker: Picker): Operation {
  const holder = picker.pick(controllers)
  const act = picker.pick(['acquire', 'acquire', 'renew', 'renew', 'transfer', 'release', 'read'] as const)
  const name = `lease ${act} ${holder}`
  switch (act) {
    case 'acquire':
      return { name, run: acquire(picker, holder) }
    case 'renew':
      return {
        name,
        run: async (side) => noted(side, holder, await side.store.lease.renew(fenceOf(side, holder), TTL_MS)),
      }
    case 'transfer': {
      const next = picker.pick(controllers)
      const to = claim(next, picker.number(1_000_000))
      return {
        name: `${name} to ${next}`,
        run: async (side) => noted(side, next, await side.store.lease.transfer(fenceOf(side, holder), to)),
      }
    }
    case 'release':
      return { name, run: (side) => side.store.lease.release(fenceOf(side, holder)) }
    case 'read':
      return { name, run: async ({ store }) => withoutTimes(await store.lease.read()) }
    default:
      return act satisfies never
  }
}

/** Asks plainly, or to take over the record as it stands, or as it stood a renewal ago. */
function acquire(picker: Picker, holder: ControllerId) {
  const claimed = claim(holder, picker.number(1_000_000))
  const epochFloor = picker.number(10)
  const because = picker.pick([null, 'unchanged', 'presence-gone'] as const)
  const seqLag = picker.number(2)
  return async (side: Side) => {
    const seen = await side.store.lease.read()
    const over = seen && because ? { over: { nonce: seen.nonce, seq: seen.seq - seqLag, because } } : {}
    const request: AcquireRequest = { ...claimed, epochFloor, ...over }
    const reply = await side.store.lease.acquire(request)
    if (reply.status === 'held') return noted(side, holder, reply)
    return { how: reply.how, previous: withoutTimes(reply.previous), ...noted(side, holder, reply) }
  }
}

function claim(holder: ControllerId, number: number) {
  const incarnation = incarnationSchema.parse(`${holder}-life`)
  return { holder, incarnation, nonce: `nonce-${number}`, ttlMs: TTL_MS }
}

/** Remembers the fence that was given, and gives what can be compared. */
function noted(
  side: Side,
  holder: ControllerId,
  reply: { readonly status: string; readonly record: LeaseRecord | null },
) {
  const { status, record } = reply
  const isGiven = status === 'acquired' || status === 'transferred'
  if (isGiven && record) side.fences.set(holder, { epoch: record.epoch, nonce: record.nonce })
  return { status, record: withoutTimes(record) }
}
