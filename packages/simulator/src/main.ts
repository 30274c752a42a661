import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { readArguments } from './run/read-arguments.ts'
import { runRange, type SeedReport } from './run/run-range.ts'
import { runSeed } from './run/run-seed.ts'

/**
 * `pnpm sim`: simulated clusters. Exits with 1 when an invariant was violated.
 *
 * A range is shared out over the processors: this file starts itself again, as a part that is told its seeds and reports by message.
 */
if (process.send) await runPart()
else process.exitCode = await runWhole()

async function runWhole(): Promise<number> {
  const request = readArguments(process.argv.slice(2))
  if (request.mode === 'one') {
    const run = await runSeed(request.seed, request.trace ? { onLine: (line) => console.log(line) } : {})
    for (const { invariant, sentence } of run.violations) console.log(`${invariant}: ${sentence}`)
    console.log(`seed ${request.seed}: ${run.events} events, ${run.violations.length} violations, hash ${run.hash}`)
    return run.violations.length > 0 ? 1 : 0
  }

  const { from, count, json } = request
  const startedAtMs = performance.now()
  let done = 0
  let violated = 0
  let violations = 0
  const report = ({ seed, violations: lines }: SeedReport) => {
    done += 1
    if (lines.length === 0) return
    violated += 1
    violations += lines.length
    for (const line of lines.slice(0, 5)) console.log(`seed ${seed}: ${line}`)
    console.log(`replay: pnpm sim --seed ${seed} --trace`)
  }
  const parts = Math.max(1, Math.min(availableParallelism(), count))
  const shares = Array.from({ length: parts }, (_, part) =>
    Array.from({ length: count }, (_, index) => from + index).filter((seed) => seed % parts === part),
  )
  await Promise.all(shares.map((seeds) => startPart(seeds, report)))

  const perMinute = Math.round((done * 60_000) / (performance.now() - startedAtMs))
  if (done < count) console.log(`only ${done} of ${count} seeds were run`)
  if (json) console.log(JSON.stringify({ seeds: done, violations, perMinute }))
  else console.log(`${done} seeds, ${violated} of them with violations (${violations}), ${perMinute} seeds per minute`)
  return violations > 0 || done < count ? 1 : 0
}

function startPart(seeds: readonly number[], onReport: (report: SeedReport) => void): Promise<void> {
  return new Promise((resolve) => {
    const part = fork(fileURLToPath(import.meta.url))
    part.on('message', (message) => onReport(message as SeedReport))
    part.on('exit', () => resolve())
    part.send(seeds)
  })
}

async function runPart() {
  const seeds = await new Promise<readonly number[]>((resolve) => {
    process.once('message', (message) => resolve(message as number[]))
  })
  await runRange(seeds, (report) => process.send?.(report))
  process.disconnect()
}
