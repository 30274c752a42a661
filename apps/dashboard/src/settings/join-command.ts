import { quote } from '../format/command.ts'

/** The one line to paste on a machine with Node: fetches the agent from a controller and joins. */
export function joinCommand(origin: string, controllers: readonly string[], token: string): string {
  const reachable = controllers.length > 0 ? controllers : [origin]
  return `curl -fsSL ${quote(`${origin}/agent.mjs`)} -o qd-agent.mjs && node qd-agent.mjs join --controllers ${quote(reachable.join(','))} --token ${quote(token)}`
}
