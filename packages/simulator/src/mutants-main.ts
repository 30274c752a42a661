import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { bundleMutant } from './mutants/bundle-mutant.ts'
import type { Mutant } from './mutants/mutant.ts'
import { mutants } from './mutants/registry.ts'

/**
 * `pnpm sim:mutants [--json] [--only NAME]`: every mutant of the protocol must be found out by some seed. With --json the last line is
 * {"mutants","survived"}. Exits with 1 when one survived.
 */
const SEEDS_MAX = 100
const run = promisify(execFile)
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined
const chosen = mutants.filter(({ name }) => only === undefined || name === only)

const sane = await bundleMutant({ name: 'sane', edits: [] })
const waiting = [...chosen]
const survivors: string[] = []
await Promise.all(Array.from({ length: Math.min(availableParallelism(), chosen.length) }, work))

if (process.argv.includes('--json')) console.log(JSON.stringify({ mutants: chosen.length, survived: survivors.length }))
else console.log(`${chosen.length} mutants, ${survivors.length} survived ${survivors.join(', ')}`)
process.exitCode = survivors.length > 0 ? 1 : 0

async function work() {
  for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
    const killed = await kill(mutant)
    if (!killed) survivors.push(mutant.name)
    const outcome = killed ? `killed by seed ${killed.seed}: ${killed.violations[0]}` : `SURVIVED ${SEEDS_MAX} seeds`
    console.log(`${mutant.name}: ${outcome}`)
  }
}

type Finding = { readonly seed: number | null; readonly violations: readonly string[] }

/** A seed that fails without the mutant too proves nothing, and is passed over. */
async function kill(mutant: Mutant): Promise<Finding | null> {
  const bundle = await bundleMutant(mutant)
  for (let from = 1; from <= SEEDS_MAX; ) {
    const found = await findViolation(bundle, mutant, from, SEEDS_MAX - from + 1)
    if (found.seed === null) return null
    const control = await findViolation(sane, mutant, found.seed, 1)
    if (control.seed === null) return found
    from = found.seed + 1
  }
  return null
}

async function findViolation(bundle: string, { focus }: Mutant, from: number, count: number): Promise<Finding> {
  const args = [bundle, String(from), String(count), focus.join(',')]
  const { stdout } = await run(process.execPath, args, { maxBuffer: 64 * 2 ** 20 })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Finding
}
