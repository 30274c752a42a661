import { describe, expect, it } from 'vitest'
import { findDeadLinks, findUnregistered } from './registries.mjs'

describe('registries', () => {
  const folder = 'packages/scheduler/src/strategies'

  it('names the file that its registry leaves out', () => {
    const files = new Map([
      [`${folder}/registry.ts`, "import { spread } from './spread.ts'\nexport const strategies = [spread]"],
      [`${folder}/spread.ts`, ''],
      [`${folder}/binpack.ts`, ''],
      [`${folder}/binpack.test.ts`, ''],
    ])
    expect(findUnregistered(files)).toEqual([`${folder}/registry.ts: does not list ${folder}/binpack.ts`])
  })

  it('accepts a registry one level up, and asks for one where there is none', () => {
    const up = "export { exec } from './drivers/exec.ts'"
    expect(
      findUnregistered(
        new Map([
          ['packages/agent/src/registry.ts', up],
          ['packages/agent/src/drivers/exec.ts', ''],
        ]),
      ),
    ).toEqual([])
    expect(findUnregistered(new Map([['packages/agent/src/drivers/exec.ts', '']]))).toEqual([
      'packages/agent/src/drivers: has no registry.ts',
    ])
  })
})

describe('links in docs', () => {
  it('finds files, folders and headings, and leaves code and other schemes alone', () => {
    const page =
      '# A page\n[a](b.md) [b](b.md#the-second-part) [c](../packages/) [d](#a-page) [e](mailto:x) `[f](no.md)`'
    const files = new Map([
      ['docs/a.md', page],
      ['docs/b.md', '## The second part'],
      ['packages/x.ts', ''],
    ])
    expect(findDeadLinks(files)).toEqual([])
  })

  it('names the link that leads nowhere', () => {
    const files = new Map([
      ['docs/a.md', '[a](none.md) [b](b.md#none)'],
      ['docs/b.md', ''],
    ])
    expect(findDeadLinks(files)).toEqual([
      'docs/a.md: links to none.md, which is not there',
      'docs/a.md: links to b.md#none, which has no such heading',
    ])
  })
})
