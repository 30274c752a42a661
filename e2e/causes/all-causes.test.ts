import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { applyEdits } from '@quarterdeck/simulator/mutant'
import { expect, it } from 'vitest'
import { allCauses } from './all-causes.ts'

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8')

it.each(allCauses.map((cause) => [cause.name, cause] as const))(
  '%s still finds its place in the source, and the test that has to notice',
  (_name, { edits, test, title }) => {
    for (const file of new Set(edits.map((edit) => edit.file))) {
      const source = read(file)
      const edited = applyEdits(
        source,
        edits.filter((edit) => edit.file === file),
      )
      expect(edited).not.toBe(source)
    }
    expect(read(test)).toContain(title)
  },
)
