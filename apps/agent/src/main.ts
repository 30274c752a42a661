import { main } from './run-agent.ts'

await main(process.argv.slice(2), process.env)
