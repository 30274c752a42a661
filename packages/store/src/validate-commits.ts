import { limits } from '@quarterdeck/domain'
import { type Commit, InvalidCommit } from './contract.ts'

/** Throws `InvalidCommit` for what no store accepts, so that every implementation refuses the same, before anything is sent. */
export function validateCommits(commits: readonly Commit[]): void {
  for (const commit of commits) {
    const touched = [...(commit.checks ?? []), ...commit.changes]
    if (touched.length > limits.commitChangesMax) {
      throw new InvalidCommit(
        `a commit has at most ${limits.commitChangesMax} changes and checks, not ${touched.length}`,
      )
    }
    const seen = new Set<string>()
    for (const { kind, id, expect } of touched) {
      const key = `${kind}:${id}`
      if (seen.has(key)) throw new InvalidCommit(`a commit names ${key} twice`)
      seen.add(key)
      if (expect !== 'any' && !(Number.isSafeInteger(expect) && expect >= 0)) {
        throw new InvalidCommit(`the expected revision of ${key} must be a whole number from 0, not ${expect}`)
      }
    }
  }
}
