import type { PlacedTask } from '../cluster-snapshot.ts'

/** Which tasks keep others away from where they run: a job that must stay apart is not joined from the other side either. */
export class Repulsion {
  readonly #base: Repulsion | undefined
  /** By the job that is kept away. */
  readonly #byJob = new Map<string, Map<string, Keeper>>()

  constructor(base?: Repulsion) {
    this.#base = base
  }

  add({ name, apart }: Pick<PlacedTask, 'name' | 'apart'>, index: number, amount: 1 | -1): void {
    for (const { job, within } of apart ?? []) {
      const keepers = this.#byJob.get(job) ?? new Map<string, Keeper>()
      const key = `${within} ${name}`
      const keeper = keepers.get(key) ?? { by: name, within, nodes: new Map() }
      const count = (keeper.nodes.get(index) ?? 0) + amount
      if (count === 0) keeper.nodes.delete(index)
      else keeper.nodes.set(index, count)
      if (keeper.nodes.size === 0) keepers.delete(key)
      else keepers.set(key, keeper)
      if (keepers.size === 0) this.#byJob.delete(job)
      else this.#byJob.set(job, keepers)
    }
  }

  /** Who keeps this job away, within what, and on which nodes they are. */
  keeping(job: string): readonly Keeper[] {
    const own = [...(this.#byJob.get(job)?.values() ?? [])]
    return this.#base ? [...this.#base.keeping(job), ...own] : own
  }

  fork(): Repulsion {
    return new Repulsion(this)
  }
}

export type Keeper = {
  readonly by: string
  readonly within: string
  /** Node indexes, with how many of them are there. */
  readonly nodes: Map<number, number>
}
