import type { OverlapPolicy } from '@quarterdeck/domain'

/** What each overlap policy does with a run that is due while one before it lives. */
export const overlapWords: Readonly<Record<OverlapPolicy, string>> = {
  skip: 'skip the new run while the one before lives',
  queue: 'queue the new run until the one before has ended',
  replace: 'end the one before, then start the new run',
  allow: 'let runs overlap',
}
