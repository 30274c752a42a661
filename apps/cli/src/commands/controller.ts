import { Command } from 'commander'
import type { Run } from '../command.ts'

type Flags = { readonly id?: string; readonly host?: string; readonly port?: string; readonly redis?: string }

const variables = { id: 'QD_CONTROLLER_ID', host: 'QD_HOST', port: 'QD_PORT', redis: 'QD_REDIS_URL' } as const

export function addControllerCommand(program: Command, run: Run): void {
  program.addCommand(
    new Command('controller')
      .description('run a controller on this machine')
      .option('--id <id>', 'its name (QD_CONTROLLER_ID)')
      .option('--host <address>', 'to listen on (QD_HOST, default 127.0.0.1)')
      .option('--port <port>', 'to listen on (QD_PORT, default 7400)')
      .option('--redis <url>', 'where the truth is kept (QD_REDIS_URL)')
      .action(async (flags: Flags) => {
        const given = Object.entries(variables).map(
          ([flag, variable]) => [variable, flags[flag as keyof Flags]] as const,
        )
        // Loaded only here: `qd status` must not wait for the code of a controller.
        const { controllerMain } = await import('@quarterdeck/app-control-plane')
        await controllerMain({ ...run.io.env, ...Object.fromEntries(given.filter(([, value]) => value !== undefined)) })
      }),
  )
}
