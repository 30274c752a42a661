import { runSeed } from '../run/run-seed.ts'

/** Runs the seeds it is given until one shows a violation, and prints `{seed, violations}`; seed null: none did. */
const [from = 1, count = 1] = process.argv.slice(2).map(Number)
let killedBy: number | null = null
let sentences: string[] = []
for (let seed = from; seed < from + count && killedBy === null; seed++) {
  const { violations } = await runSeed(seed)
  if (violations.length === 0) continue
  killedBy = seed
  sentences = violations.map(({ invariant, sentence }) => `${invariant}: ${sentence}`)
}
console.log(JSON.stringify({ seed: killedBy, violations: sentences.slice(0, 3) }))
