import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { machine } from './measure/cpu-time.ts'
import { placement } from './placement/command.ts'
import { benches } from './registry.ts'
import { type Bench, formatTables } from './report.ts'

/** Benches with options and output of their own: `pnpm bench placement --nodes FILE --tasks FILE`. */
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = { placement }
const [commandName = '', ...commandArgs] = process.argv.slice(2)
const command = commands[commandName]
if (command) {
  await command(commandArgs)
  process.exit(0)
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, profile: { type: 'string' } },
})
const wanted: readonly Bench[] =
  positionals.length === 0 ? benches : benches.filter(({ name }) => positionals.includes(name))
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name))
if (unknown.length > 0) {
  const known = benches.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`).join('\n')
  console.error(`There is no bench ${unknown.join(', ')}. There are:\n${known}`)
  process.exit(2)
}
const profileFolder = values.profile === undefined ? null : path.resolve(values.profile)
if (profileFolder !== null) mkdirSync(profileFolder, { recursive: true })

console.error(`Machine: ${machine()}`)
const reports = []
for (const bench of wanted) {
  const report = await bench.run({
    say: (text) => console.error(`[${bench.name}] ${text}`),
    isQuick: values.quick === true,
    profileFolder,
  })
  reports.push(report)
  console.log(`\n${formatTables(report.tables)}\n`)
  for (const note of report.notes) console.log(`- ${note}`)
  console.log(`- ${report.kept} runs counted, ${report.discarded} thrown away.`)
}
if (values.json)
  console.log(JSON.stringify({ machine: machine(), benches: reports.map(({ tables: _, ...rest }) => rest) }))
process.exit(0)
