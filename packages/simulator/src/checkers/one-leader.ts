import type { Checker } from './checker.ts'

export const oneLeader: Checker = {
  name: 'one-leader',
  claim: 'Once it is calm, exactly one controller leads and all know it',

  check(history) {
    const settled = history.findLast((event) => event.kind === 'settled')
    if (settled?.kind !== 'settled') return []
    const leading = settled.views.filter(({ leads }) => leads).map(({ controllerId }) => controllerId)
    if (leading.length !== 1) return [`${leading.length === 0 ? 'nobody' : leading.join(' and ')} leads`]
    return settled.views
      .filter(({ leader }) => leader !== leading[0])
      .map(
        ({ controllerId, leader }) => `${controllerId} takes ${leader ?? 'nobody'} for the leader, not ${leading[0]}`,
      )
  },
}
