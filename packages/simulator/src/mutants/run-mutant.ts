import { runSeed } from '../run/run-seed.ts'

/** Long enough for every task of these runs to end. */
const CALM_MS = 60_000

/**
 * Runs seeds until one shows a violation, and prints {"seed","violations"}; seed null: none did.
 * Arguments: first seed, how many, and the faults to focus on, joined by commas.
 */
const [from = '1', count = '1', focus = ''] = process.argv.slice(2)
let killedBy: number | null = null
let sentences: string[] = []
for (let seed = Number(from); seed < Number(from) + Number(count) && killedBy === null; seed++) {
  const { violations } = await runSeed(seed, focus ? { focus: focus.split(','), calmMs: CALM_MS } : {})
  if (violations.length === 0) continue
  killedBy = seed
  sentences = violations.map(({ invariant, sentence }) => `${invariant}: ${sentence}`)
}
console.log(JSON.stringify({ seed: killedBy, violations: sentences.slice(0, 3) }))
