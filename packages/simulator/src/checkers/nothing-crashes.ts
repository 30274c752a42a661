import type { Checker } from './checker.ts'

export const nothingCrashes: Checker = {
  name: 'no-crash',
  claim: 'Nothing is thrown that nobody catches',
  check: (history) => history.flatMap((event) => (event.kind === 'crashed' ? [event.error] : [])),
}
