import { readFlags } from './flags.ts'
import { main } from './run-agent.ts'

const line = readFlags(process.argv.slice(2), process.env)
if (line.ok) {
  await main(line.argv, line.env)
} else {
  process.stderr.write(`qd-agent: ${line.because}\n`)
  process.exit(64)
}
