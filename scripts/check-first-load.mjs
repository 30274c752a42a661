/** Prints what each page of the built dashboard loads first, and fails above a budget. Budgets: first-load.mjs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { budgets, findExcess, measureFirstLoad } from './first-load.mjs'
import { root } from './list-files.mjs'

const built = new URL('apps/dashboard/out/', root)
if (!existsSync(new URL('index.html', built))) {
  console.error('The dashboard is not built: pnpm build')
  process.exit(1)
}

const pages = Object.fromEntries(
  readdirSync(built)
    .filter((name) => name.endsWith('.html'))
    .map((name) => [name === 'index.html' ? '/' : `/${name.slice(0, -'.html'.length)}`, read(name).toString()]),
)
const sizes = new Map()
const measured = measureFirstLoad(pages, (file) => {
  if (!sizes.has(file)) sizes.set(file, gzipSync(read(file.replace(/^\//, '')), { level: 9 }).length)
  return sizes.get(file)
})

console.log('page            first load kB  budget   CSS kB')
for (const { page, bytes, cssBytes } of measured.rows) print(page, bytes, budgets.pages[page], cssBytes)
print('(shell)', measured.shellBytes, budgets.shell)
const excess = findExcess(measured, budgets)
for (const sentence of excess) console.error(sentence)
console.log(`${measured.rows.length} pages, ${excess.length} above their budget or without one`)
process.exitCode = excess.length > 0 ? 1 : 0

function print(page, bytes, budget, cssBytes) {
  const kb = (each) => (each === undefined ? '' : (each / 1_000).toFixed(1))
  console.log(page.padEnd(16) + kb(bytes).padStart(13) + String(budget ?? '-').padStart(8) + kb(cssBytes).padStart(9))
}

function read(name) {
  return readFileSync(new URL(name, built))
}
