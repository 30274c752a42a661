/** A protocol with one thing wrong. The production source stays as it is: the change is made while it is bundled. */
export type Mutant = {
  readonly name: string
  /** What is wrong, in one sentence. */
  readonly wrong: string
  readonly edits: readonly Edit[]
  /** Faults under which it does harm: the run has no others, so that few seeds are enough. */
  readonly focus: readonly string[]
}

/** `find` must stand in the file exactly once, so that a mutant cannot silently stop being one. */
export type Edit = {
  /** From the repository's root. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** Throws when a text is not there, or more than once. */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  let edited = source
  for (const { file, find, replace } of edits) {
    const parts = edited.split(find)
    if (parts.length !== 2) throw new Error(`${file} holds this ${parts.length - 1} times, not once: ${find}`)
    edited = parts.join(replace)
  }
  return edited
}
