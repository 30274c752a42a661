import { StoreAway } from '@quarterdeck/store'
import { ErrorReply } from 'redis'

/** First word of Redis's refusal: `NOSCRIPT`, `OOM`; undefined when the error is not a refusal. */
export function replyCode(error: unknown): string | undefined {
  return error instanceof ErrorReply ? error.message.split(' ', 1)[0] : undefined
}

/**
 * Refusals before anything ran, each as a sentence for an operator. Scripts carry the `#!lua` header, so Redis refuses them at the
 * start, whole, or not at all.
 */
const refusals: Readonly<Record<string, string>> = {
  OOM: 'Redis is out of memory (maxmemory): remove finished tasks or raise the limit',
  READONLY: 'this Redis is a replica and takes no writes: a failover is under way, or the address is wrong',
  MISCONF: 'Redis cannot write to its disk and refuses writes: look at its log and its free space',
  NOREPLICAS: 'too few replicas are connected for Redis to take writes (min-replicas-to-write)',
  LOADING: 'Redis is loading its data',
  BUSY: 'Redis is busy with a script',
  MASTERDOWN: 'this Redis is a replica that has lost its primary',
  CLUSTERDOWN: 'the Redis Cluster is down',
  MOVED: 'these keys are on another server of the Redis Cluster',
  TRYAGAIN: 'Redis is moving these keys to another server',
  NOAUTH: 'Redis wants a password',
  WRONGPASS: 'Redis refuses this user name or password',
  NOPERM: 'the Redis user may not run this command',
}

/** What the caller of the store gets to see; `NOSCRIPT` and faults of our own scripts go through as they are. */
export function translateError(error: unknown): unknown {
  const code = replyCode(error)
  const sentence = code === undefined ? undefined : refusals[code]
  return sentence ? new StoreAway(sentence, { cause: error }) : error
}

/** Refusals after which this connection leads nowhere: another may find the new primary. */
export function isWrongServer(error: unknown): boolean {
  const code = replyCode(error)
  return code === 'READONLY' || code === 'MASTERDOWN' || code === 'MOVED'
}
