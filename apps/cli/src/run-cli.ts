import { CommanderError } from 'commander'
import type { Run } from './command.ts'
import { createProgram } from './create-program.ts'
import { exitCodeOf, failureLine, UsageError } from './failure.ts'
import type { Io } from './io.ts'

/** Runs one command line; resolves to its exit code: 0 done, 1 refused or failed, 2 not understood. `--follow` passes on the task's own. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const run: Run = { io, exitCode: 0 }
  try {
    await createProgram(run).parseAsync([...args], { from: 'user' })
    return run.exitCode
  } catch (thrown) {
    const told = thrown instanceof CommanderError ? fromCommander(thrown) : thrown
    if (told === null) return run.exitCode
    io.err(failureLine(told))
    return exitCodeOf(told)
  }
}

/** Commander reports help and version as errors too: `null` for those. */
function fromCommander(error: CommanderError): UsageError | null {
  if (error.exitCode === 0) return null
  if (error.code === 'commander.help') return new UsageError('A command is missing. The ones that exist are above')
  return new UsageError(error.message.replace(/^error: /, ''))
}
