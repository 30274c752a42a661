/**
 * Fails when the lockfile names a host (it must install from whatever registry a machine uses), or when the versions
 * that must agree do not: pnpm's in package.json, and those of all @trpc packages.
 */
import { readFileSync } from 'node:fs'
import { root } from './list-files.mjs'

const problems = []

read('pnpm-lock.yaml')
  .split('\n')
  .forEach((line, index) => {
    if (/https?:\/\/|tarball:/.test(line)) problems.push(`pnpm-lock.yaml:${index + 1} names a host: ${line.trim()}`)
  })

const { packageManager, scripts } = JSON.parse(read('package.json'))
for (const name of ['start', 'test']) {
  if (!scripts[name].includes(`--package=${packageManager} `)) {
    problems.push(`package.json: the script "${name}" does not use ${packageManager}`)
  }
}

const trpcVersions = new Set(read('pnpm-workspace.yaml').match(/(?<='@trpc\/[a-z-]+': ).*/g))
if (trpcVersions.size !== 1)
  problems.push(`pnpm-workspace.yaml: @trpc packages differ: ${[...trpcVersions].join(', ')}`)

for (const problem of problems) console.error(problem)
console.log(`Lockfile and versions: ${problems.length} problems`)
process.exitCode = problems.length > 0 ? 1 : 0

function read(file) {
  return readFileSync(new URL(file, root), 'utf8')
}
