import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { applyEdits } from './mutant.ts'
import { mutants } from './registry.ts'

const root = new URL('../../../../', import.meta.url)

describe('mutants', () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    '%s still changes the source',
    (_name, { edits }) => {
      for (const file of new Set(edits.map((edit) => edit.file))) {
        const source = readFileSync(new URL(file, root), 'utf8')
        const own = edits.filter((edit) => edit.file === file)
        expect(applyEdits(source, own)).not.toBe(source)
      }
    },
  )
})
