import type { Edit } from '@quarterdeck/simulator/mutant'

/** What makes a cluster fail at one of the things that it must withstand, and the test that has to notice. */
export type Cause = {
  readonly name: string
  /** What is wrong, in one sentence. */
  readonly wrong: string
  readonly edits: readonly Edit[]
  /** From the repository's root; a `.spec.ts` is a browser's. */
  readonly test: string
  /** Part of the test's title. */
  readonly title: string
}
