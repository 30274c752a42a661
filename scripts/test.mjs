/**
 * `npm test`: installs, then runs every check, the cheap ones first, and says how long each took.
 *
 *   npm test                          everything
 *   npm test -- --only lint,unit      some stages
 *   npm test -- --list                their names
 *
 * Closes with a line of sums, "N passed, N failed", over all tests, checks and simulated clusters. In CI (CI=true)
 * a missing program fails; elsewhere its stage is left out, aloud.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ensurePrograms } from './programs.mjs'
import { endRunning, installDependencies, localBin, root, run, turbo } from './toolchain.mjs'

const inCi = process.env.CI === 'true'
const startedAt = performance.now()
// CI ends a run after 90 minutes; a stage that would take longer is stopped, so that the closing line is still printed.
const deadlineMs = startedAt + (inCi ? 86 * 60_000 : 180 * 60_000)
const reports = path.join(root, 'reports')

/** Each with the minutes it may take on the slowest day. `needs` names a stage that must have passed. */
const stages = [
  { name: 'install', minutesMax: 15, run: (limit) => installDependencies(limit) },
  { name: 'lint', minutesMax: 5, run: (limit) => run(localBin('biome'), ['ci', '.'], limit) },
  { name: 'boundaries', minutesMax: 5, run: (limit) => run('node', ['scripts/check-boundaries.mjs'], limit) },
  { name: 'registries', minutesMax: 5, run: (limit) => run('node', ['scripts/check-registries.mjs'], limit) },
  { name: 'lockfile', minutesMax: 5, run: (limit) => run('node', ['scripts/check-lockfile.mjs'], limit) },
  { name: 'lint:full', minutesMax: 10, run: (limit) => run('pnpm', ['--silent', 'lint:full'], limit) },
  { name: 'unused', minutesMax: 5, run: (limit) => run('pnpm', ['--silent', 'unused'], limit) },
  {
    name: 'typecheck',
    minutesMax: 20,
    run: (limit) => turbo(['typecheck', '--concurrency=2', '--continue', '--output-logs=errors-only'], limit),
  },
  { name: 'unit', minutesMax: 20, run: (limit) => vitest('unit', [], limit), count: () => countVitest('unit') },
  { name: 'simulator', minutesMax: 15, run: simulate },
  {
    name: 'build',
    minutesMax: 45,
    run: (limit) => turbo(['build', '--concurrency=2', '--output-logs=new-only'], limit),
  },
  {
    name: 'first-load',
    minutesMax: 5,
    needs: 'build',
    run: (limit) => run('node', ['scripts/check-first-load.mjs'], limit),
  },
  {
    name: 'integration',
    minutesMax: 45,
    needs: 'build',
    programs: ['redis', 'promtool'],
    run: (limit) => vitest('integration', ['--config', 'vitest.integration.config.ts'], limit),
    count: () => countVitest('integration'),
  },
  {
    name: 'browser',
    minutesMax: 30,
    needs: 'build',
    programs: ['redis', 'chromium'],
    run: (limit) =>
      run('pnpm', ['--silent', '--filter', '@quarterdeck/e2e', 'exec', 'playwright', 'test', '--pass-with-no-tests'], {
        ...limit,
        env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report('browser') },
      }),
    count: countPlaywright,
  },
]

const { only, list } = readArguments(process.argv.slice(2))
if (list) {
  for (const { name } of stages) console.log(name)
} else {
  process.on('SIGINT', () => {
    endRunning()
    process.exit(130)
  })
  process.exitCode = await runStages(stages.filter(({ name }) => !only || only.includes(name)))
}

async function runStages(chosen) {
  rmSync(reports, { recursive: true, force: true })
  mkdirSync(reports, { recursive: true })

  const results = []
  for (const stage of chosen) {
    const result = await runStage(stage, results)
    results.push(result)
    if (stage.name === 'install' && result.outcome === 'failed') break
  }

  console.log('')
  for (const { name, outcome, passed, failed, skipped, ms, because } of results) {
    const counts = passed + failed + skipped > 1 ? `  ${passed} passed, ${failed} failed, ${skipped} skipped` : ''
    console.log(
      `${outcome.padEnd(8)}${name.padEnd(14)}${seconds(ms).padStart(8)}${counts}${because ? `  ${because}` : ''}`,
    )
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0)
  console.log(`total ${seconds(performance.now() - startedAt)}`)
  console.log('')
  console.log(
    `${sum('passed')} passed, ${sum('failed')} failed${sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''}`,
  )
  return sum('failed') > 0 || results.some(({ outcome }) => outcome === 'failed') ? 1 : 0
}

/** A stage without a count of its own is one check. A failed stage always counts a failure. */
async function runStage(stage, before) {
  const stageStartedAt = performance.now()
  console.log(`\n=== ${stage.name}`)
  const end = (outcome, because, counts) => ({
    name: stage.name,
    outcome,
    because,
    ms: performance.now() - stageStartedAt,
    passed: outcome === 'passed' ? 1 : 0,
    failed: outcome === 'failed' ? 1 : 0,
    skipped: outcome === 'skipped' ? 1 : 0,
    ...counts,
  })

  if (before.some(({ name, outcome }) => name === stage.needs && outcome !== 'passed')) {
    return end('failed', `not run: ${stage.needs} failed`)
  }
  if (stage.programs) {
    const found = await ensurePrograms(stage.programs)
    if (!found.ok) {
      console.error(found.because)
      return end(inCi ? 'failed' : 'skipped', found.because)
    }
  }
  const timeoutMs = Math.max(1, Math.min(stage.minutesMax * 60_000, deadlineMs - performance.now()))
  const { ok, because, ...own } = await stage.run({ timeoutMs })
  const counts = stage.count?.() ?? own.counts
  if (!ok) return end('failed', because, counts && { ...counts, failed: Math.max(1, counts.failed) })
  console.log(`--- ${stage.name}: ${seconds(performance.now() - stageStartedAt)}`)
  return end('passed', because, counts)
}

function vitest(name, args, limit) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report(name)}`]
  return run(localBin('vitest'), ['run', ...args, ...reporters], limit)
}

function countVitest(name) {
  const found = readReport(name)
  if (!found) return undefined
  // A file that does not even load holds no test that could fail.
  const unloaded = found.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.length,
  )
  return {
    passed: found.numPassedTests,
    failed: found.numFailedTests + unloaded.length,
    skipped: found.numPendingTests + found.numTodoTests,
  }
}

function countPlaywright() {
  const found = readReport('browser')
  if (!found) return undefined
  const { expected, flaky, unexpected, skipped } = found.stats
  return { passed: expected + flaky, failed: unexpected + found.errors.length, skipped }
}

/** Fewer simulated clusters on a slow day, and says so: what holds for a seed does not depend on the machine's speed. */
async function simulate(limit) {
  const share = Math.min(1, 150 / calibrate())
  const seeds = Math.max(20, Math.round(200 * share))
  console.log(`${seeds} seeds (200 on a calm machine)`)
  const result = await run('pnpm', ['--silent', 'sim', '--seeds', String(seeds)], limit)
  return { ...result, because: result.because || `${seeds} seeds` }
}

/** Milliseconds of wall time for a fixed piece of work that takes about 100 on a calm machine. */
function calibrate() {
  const block = Buffer.alloc(1024 * 1024)
  const from = performance.now()
  for (let round = 0; round < 64; round++) createHash('sha256').update(block).digest()
  return performance.now() - from
}

function report(name) {
  return path.join(reports, `${name}.json`)
}

function readReport(name) {
  if (!existsSync(report(name))) return undefined
  try {
    return JSON.parse(readFileSync(report(name), 'utf8'))
  } catch {
    // Cut off while it was written: the stage failed, and counts as one.
    return undefined
  }
}

function readArguments(args) {
  const at = args.indexOf('--only')
  const names = at >= 0 ? (args[at + 1] ?? '').split(',') : undefined
  const unknown = names?.filter((name) => !stages.some((stage) => stage.name === name)) ?? []
  if (unknown.length > 0) throw new Error(`no such stage: ${unknown.join(', ')}; see --list`)
  return { only: names, list: args.includes('--list') }
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`
}
