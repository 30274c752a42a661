import type { Command } from 'commander'

export function withReason(command: Command): Command {
  return command.option('--reason <text>', 'why; kept with the change and shown')
}
