import { kinds } from '@quarterdeck/domain'
import type { Change, FeedChange } from './contract.ts'

/** A change as the feed tells it: of a cold kind only that it happened. */
export function asFeedChange(change: Change): FeedChange {
  const { kind, id } = change
  if (change.op === 'delete') return { op: 'delete', kind, id }
  return { op: 'put', kind, id, text: kinds[kind].cold ? null : change.text }
}
