import { describe, expect, it } from 'vitest'
import { findViolations } from './boundaries.mjs'

const members = [
  member('packages/domain', { dependencies: ['zod'], exports: ['.', './wire'], devDependencies: ['vitest'] }),
  member('packages/platform', { exports: ['.', './node'] }),
  member('packages/scheduler', {
    dependencies: ['@quarterdeck/domain', '@quarterdeck/platform'],
    devDependencies: ['@quarterdeck/store', 'fast-check'],
  }),
  member('packages/store', { dependencies: ['@quarterdeck/domain'], exports: ['.', './memory'] }),
  member('packages/control-plane', { dependencies: ['@quarterdeck/domain', '@quarterdeck/store'] }),
  member('packages/api', { dependencies: ['@quarterdeck/control-plane'], exports: ['.', './client'] }),
  member('packages/agent', { dependencies: ['@quarterdeck/domain'], devDependencies: ['@quarterdeck/api'] }),
  member('packages/sdk', { devDependencies: ['@quarterdeck/api'] }),
]

describe('a forbidden import fails', () => {
  it.each([
    ['packages/scheduler/src/x.ts', "import { readFileSync } from 'node:fs'", 'the pure core uses no Node built-in'],
    ['packages/scheduler/src/x.ts', "import fs from 'fs'", 'the pure core uses no Node built-in'],
    ['packages/scheduler/src/x.ts', "import fc from 'fast-check'", 'the pure core uses no library but zod'],
    ['packages/scheduler/src/x.ts', "import { z } from 'zod'", 'package.json does not declare it'],
    ['packages/scheduler/src/x.ts', "export { x } from '@quarterdeck/store'", 'may not import @quarterdeck/store'],
    ['packages/scheduler/src/x.ts', "await import('@quarterdeck/store')", 'may not import @quarterdeck/store'],
    ['packages/scheduler/src/x.ts', "import { a } from '../../domain/src/a.ts'", 'by its name, not by its path'],
    ['packages/scheduler/src/x.ts', "import { a } from '@quarterdeck/domain/src/a'", 'does not export ./src/a'],
    ['packages/scheduler/src/x.ts', "import { a } from '@quarterdeck/scheduler'", 'imports itself by relative paths'],
    ['packages/control-plane/src/x.ts', "import { m } from '@quarterdeck/store/memory'", 'only apps, simulator, bench'],
    ['packages/control-plane/src/x.ts', "import { setTimeout } from 'node:timers/promises'", 'takes time'],
    [
      'packages/control-plane/src/x.ts',
      "import { randomUUID } from 'node:crypto'",
      'takes chance and ids as arguments',
    ],
    ['packages/control-plane/src/x.ts', "import { a } from '@quarterdeck/agent'", 'may not import @quarterdeck/agent'],
    ['packages/agent/src/x.ts', "import { c } from '@quarterdeck/control-plane'", 'may not import'],
    ['packages/sdk/src/x.ts', "import { appRouter } from '@quarterdeck/api'", 'as a type only'],
    ['packages/sdk/src/x.ts', "import { type A } from '@quarterdeck/api/client'", 'as a type only'],
    ['packages/sdk/src/x.ts', "import { type A, b } from '@quarterdeck/api/client'", 'as a type only'],
  ])('%s: %s', (path, source, because) => {
    expect(findViolations({ members, files: [{ path, source }] })).toEqual([expect.stringContaining(because)])
  })
})

it.each([
  ['packages/domain/src/x.ts', "import { z } from 'zod'"],
  ['packages/scheduler/src/x.ts', "import { a } from '@quarterdeck/domain'\nimport { b } from './b.ts'"],
  ['packages/scheduler/src/x.ts', "// import fs from 'node:fs'\nexport const text = \"import fs from 'node:fs'\""],
  ['packages/scheduler/src/x.test.ts', "import fc from 'fast-check'\nimport { m } from '@quarterdeck/store/memory'"],
  ['packages/control-plane/src/x.ts', "import { createHash } from 'node:crypto'"],
  ['packages/agent/src/drivers/exec.ts', "import { spawn } from 'node:child_process'"],
  ['packages/sdk/src/x.ts', "import type { AppRouter } from '@quarterdeck/api/client'"],
])('allows %s: %s', (path, source) => {
  expect(findViolations({ members, files: [{ path, source }] })).toEqual([])
})

it('finds a circle of packages', () => {
  const circle = [
    member('packages/domain', { dependencies: ['@quarterdeck/store'] }),
    member('packages/store', { dependencies: ['@quarterdeck/domain'] }),
  ]
  expect(findViolations({ members: circle, files: [] })).toContainEqual(
    expect.stringContaining('@quarterdeck/domain -> @quarterdeck/store -> @quarterdeck/domain'),
  )
})

it('refuses a dependency that is declared but not allowed', () => {
  const wrong = [member('packages/agent', { dependencies: ['@quarterdeck/store'] }), member('packages/store', {})]
  expect(findViolations({ members: wrong, files: [] })).toEqual([
    'packages/agent/package.json: depends on @quarterdeck/store, but it may not import its code',
  ])
})

function member(folder, { dependencies = [], devDependencies = [], exports = ['.'] }) {
  return { folder, name: `@quarterdeck/${folder.split('/')[1]}`, dependencies, devDependencies, exports }
}
