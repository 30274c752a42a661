import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { strategies } from '@quarterdeck/scheduler'
import { runPlacement } from './run-placement.ts'
import { readNodes, readTasks } from './trace.ts'

/** `bench placement --nodes FILE --tasks FILE [--strategy NAME] [--seeds 10] [--json]`: with no strategy, a table over all of them. */
export async function placement(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: 'string' },
      tasks: { type: 'string' },
      strategy: { type: 'string' },
      seeds: { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
    },
  })
  if (!values.nodes || !values.tasks) throw new Error('--nodes FILE and --tasks FILE are needed')
  const nodes = readNodes(await readFile(values.nodes, 'utf8'))
  const tasks = readTasks(await readFile(values.tasks, 'utf8'))
  const names = values.strategy ? [values.strategy] : strategies.map(({ name }) => name)

  if (!values.json) print('| strategy | at 100 % | at 130 % | seconds a run |\n|---|---|---|---|')
  for (const strategy of names) {
    const result = measure({ nodes, tasks }, strategy, Number(values.seeds))
    if (values.json) print(JSON.stringify(result))
    else {
      const { allocatedPercentAt100, allocatedPercentAt130, seconds } = result
      print(`| ${strategy} | ${allocatedPercentAt100.toFixed(2)} | ${allocatedPercentAt130.toFixed(2)} | ${seconds} |`)
    }
  }
}

function measure(trace: Parameters<typeof runPlacement>[0], strategy: string, seeds: number) {
  const startedAtMs = performance.now()
  const cpuBefore = process.cpuUsage()
  const runs = Array.from({ length: seeds }, (_, seed) => runPlacement(trace, strategy, seed + 1))
  const cpu = process.cpuUsage(cpuBefore)
  const mean = (of: (run: (typeof runs)[number]) => number) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length
  return {
    strategy,
    seeds,
    allocatedPercentAt100: rounded(100 * mean((run) => run.allocatedShareAt100)),
    allocatedPercentAt130: rounded(100 * mean((run) => run.allocatedShareAt130)),
    /** Of one run, on average. */
    seconds: rounded((performance.now() - startedAtMs) / 1_000 / runs.length),
    cpuSeconds: rounded((cpu.user + cpu.system) / 1e6 / runs.length),
    placed: Math.round(mean((run) => run.placed)),
    refused: Math.round(mean((run) => run.refused)),
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
