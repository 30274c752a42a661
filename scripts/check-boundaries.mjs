/** Fails when a package imports what it must not. The rules stand in boundaries.mjs. */
import { readFileSync } from 'node:fs'
import { findViolations } from './boundaries.mjs'
import { listFiles, root } from './list-files.mjs'

const files = listFiles()
const members = files
  .filter((file) => /^((packages|apps)\/[^/]+|e2e)\/package\.json$/.test(file))
  .map((file) => {
    const manifest = JSON.parse(read(file))
    return {
      folder: file.slice(0, -'/package.json'.length),
      name: manifest.name,
      exports: Object.keys(manifest.exports ?? {}),
      dependencies: Object.keys(manifest.dependencies ?? {}),
      devDependencies: Object.keys(manifest.devDependencies ?? {}),
    }
  })
const sources = files
  .filter((file) => /\.(ts|tsx|mts|mjs)$/.test(file) && !file.endsWith('.d.ts') && /^(packages|apps|e2e)\//.test(file))
  .map((file) => ({ path: file, source: read(file) }))

const violations = findViolations({ members, files: sources })
for (const violation of violations) console.error(violation)
console.log(`${sources.length} files in ${members.length} packages, ${violations.length} forbidden imports`)
process.exitCode = violations.length > 0 ? 1 : 0

function read(file) {
  return readFileSync(new URL(file, root), 'utf8')
}
