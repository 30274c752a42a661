import type { Client } from '@quarterdeck/sdk'
import type { Manifest } from '../parse/read-manifests.ts'

/** What applying one manifest would do, and how to do it. */
export type PlannedApply = {
  readonly changesSomething: boolean
  /** For programs. */
  readonly plan: unknown
  /** For people: the difference, and what follows from it. */
  readonly text: string
  /** Carries out this very plan; one line that says what was done. */
  carryOut(): Promise<string>
}

/** One kind of thing that a file can ask for. */
export type Applier = {
  readonly kind: string
  plan(cluster: Client, manifest: Manifest): Promise<PlannedApply>
}
