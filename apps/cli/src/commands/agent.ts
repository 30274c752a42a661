import type { Command } from 'commander'
import type { Run } from '../command.ts'

type Flags = {
  readonly controllers?: string
  readonly joinToken?: string
  readonly name?: string
  readonly zone?: string
  readonly dataDir?: string
  readonly handlers?: string
  readonly pool?: string
}

/** Options are names for the agent's own settings, which are environment variables. */
const variables = {
  controllers: 'QD_CONTROLLERS',
  joinToken: 'QD_JOIN_TOKEN',
  name: 'QD_NODE_NAME',
  zone: 'QD_ZONE',
  pool: 'QD_POOL',
  dataDir: 'QD_DATA_DIR',
  handlers: 'QD_HANDLERS',
} as const satisfies Partial<Record<keyof Flags, string>>

export function addAgentCommands(agent: Command, run: Run): void {
  for (const [verb, description] of [
    ['join', 'trade a join token for an identity, then run'],
    ['run', 'run the agent of this machine'],
    ['stop', 'stop the agent of this machine, and its tasks'],
    ['restart', 'restart the part that speaks to the cluster; tasks run on'],
  ] as const) {
    const command = agent
      .command(verb)
      .description(description)
      .option('--data-dir <folder>', 'where it keeps its identity and its journal (QD_DATA_DIR)')
    if (verb === 'join' || verb === 'run') {
      command
        .option('--controllers <urls>', 'with commas between (QD_CONTROLLERS)')
        .option('--join-token <token>', 'from qd token create join (QD_JOIN_TOKEN)')
        .option('--name <node>', 'name of the node (QD_NODE_NAME; default: the host name)')
        .option('--zone <zone>', 'zone that the machine is in (QD_ZONE)')
        .option('--pool <pool>', 'pool that it joins the first time (QD_POOL)')
        .option('--handlers <module>', 'JavaScript module whose handlers it offers (QD_HANDLERS)')
    }
    command.action((flags: Flags) => hand([verb], { ...run.io.env, ...fromFlags(flags) }))
  }
  // The agent is several processes of one file: it starts itself again under names that are not for people.
  for (const verb of ['session', 'handler-worker [module]']) {
    agent
      .command(verb, { hidden: true })
      .action((module?: unknown) =>
        hand([verb.split(' ')[0] ?? verb, ...(typeof module === 'string' ? [module] : [])], run.io.env),
      )
  }
}

/** Does not return: the agent ends the process itself. */
async function hand(argv: readonly string[], env: Run['io']['env']): Promise<void> {
  // Loaded only here: `qd status` must not wait for the code of an agent.
  const { agentMain } = await import('@quarterdeck/app-agent')
  await agentMain(argv, env, [process.execPath, ...process.execArgv, process.argv[1] ?? '', 'agent'])
}

function fromFlags(flags: Flags): Record<string, string> {
  const given = Object.entries(variables).map(
    ([flag, variable]) => [variable, flags[flag as keyof typeof variables]] as const,
  )
  return Object.fromEntries(given.filter((pair): pair is readonly [(typeof pair)[0], string] => pair[1] !== undefined))
}
