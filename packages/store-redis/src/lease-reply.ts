import { controllerIdSchema, incarnationSchema } from '@quarterdeck/domain'
import type { LeaseRecord } from '@quarterdeck/store'
import { z } from 'zod'

const integer = z.coerce.number().int()

/** `{holder, incarnation, epoch, nonce, seq, ms_left, since, renewed}` as the lease scripts give it. */
export const leaseRecordSchema = z
  .tuple([controllerIdSchema, incarnationSchema, integer, z.string(), integer, integer, integer, integer])
  .transform(
    ([holder, incarnation, epoch, nonce, seq, msLeft, sinceMs, renewedAtMs]): LeaseRecord => ({
      holder,
      incarnation,
      epoch,
      nonce,
      seq,
      msLeft,
      sinceMs,
      renewedAtMs,
    }),
  )

/** A record, or `{}` for none. */
export const leaseRecordOrNoneSchema = z.union([leaseRecordSchema, z.tuple([]).transform(() => null)])
