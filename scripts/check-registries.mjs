/** Fails when a file is missing from its registry or a link in the docs is dead. Lua headers: `packages/store-redis`. */
import { readFileSync } from 'node:fs'
import { listFiles, root } from './list-files.mjs'
import { findDeadLinks, findUnregistered } from './registries.mjs'

const files = new Map(
  listFiles().map((file) => [file, /\.(ts|md)$/.test(file) ? readFileSync(new URL(file, root), 'utf8') : '']),
)
const problems = [...findUnregistered(files), ...findDeadLinks(files)]
for (const problem of problems) console.error(problem)

const count = (extension) => [...files.keys()].filter((file) => file.endsWith(extension)).length
console.log(`Registries, links in ${count('.md')} pages: ${problems.length} problems`)
process.exitCode = problems.length > 0 ? 1 : 0
