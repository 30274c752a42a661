export { main as agentMain, runAgent } from './run-agent.ts'
export { machineDefaults, readSettings } from './settings.ts'
