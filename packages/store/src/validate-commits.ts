import { limits } from '@quarterdeck/domain'
import { type Commit, InvalidCommit } from './contract.ts'

/** Throws `InvalidCommit` for what no store accepts, so that every implementation refuses the same, before anything is sent. */
export function validateCommits(commits: readonly Commit[]): void {
  for (const commit of commits) {
    if (commit.changes.length > limits.commitChangesMax) {
      throw new InvalidCommit(`a commit has at most ${limits.commitChangesMax} changes, not ${commit.changes.length}`)
    }
    const seen = new Set<string>()
    for (const { kind, id, expect } of commit.changes) {
      const key = `${kind}:${id}`
      if (seen.has(key)) throw new InvalidCommit(`a commit changes ${key} twice`)
      seen.add(key)
      if (expect !== 'any' && !(Number.isSafeInteger(expect) && expect >= 0)) {
        throw new InvalidCommit(`the expected revision of ${key} must be a whole number from 0, not ${expect}`)
      }
    }
  }
}
