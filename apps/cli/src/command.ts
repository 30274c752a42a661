import { type Client, client } from '@quarterdeck/sdk'
import { type Command, Option } from 'commander'
import { findAccess } from './credentials.ts'
import type { Io } from './io.ts'
import { createPrinter, type Printer } from './show/printer.ts'

/** Options that every command takes. */
export type Common = { readonly json?: boolean; readonly url?: string; readonly token?: string }

export type Call<Options, Args> = {
  readonly cluster: Client
  readonly options: Options & Common
  readonly args: Args
  readonly print: Printer
  readonly io: Io
}

/** One run of the command line: what its commands share, and the exit code that one of them chose. */
export type Run = { readonly io: Io; exitCode: number }

/** A group of commands: `qd node`. */
export function group(parent: Command, name: string, description: string): Command {
  return parent.command(name).description(description).helpCommand(false).enablePositionalOptions()
}

/** A command that talks to the cluster. */
export function leaf(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .option('--json', 'one JSON document on stdout (lines of JSON where it follows)')
    .addOption(new Option('--url <urls>', 'controllers, with commas between (QD_URL)'))
    .addOption(new Option('--token <token>', 'API token (QD_TOKEN)'))
}

/**
 * What the command does. A number that it returns is the exit code.
 *
 * `Options` and `Args` are what commander gives for the options and arguments that the command declares.
 */
export function act<Options = object, Args extends readonly unknown[] = readonly []>(
  command: Command,
  run: Run,
  does: (call: Call<Options, Args>) => Promise<number | undefined>,
): void {
  command.action(async () => {
    const options = command.opts() as Options & Common
    const { json = false } = options
    const cluster = client(findAccess(run.io, options))
    try {
      const args = command.processedArgs as unknown as Args
      const exitCode = await does({ cluster, options, args, print: createPrinter(run.io, json), io: run.io })
      run.exitCode = exitCode ?? 0
    } finally {
      cluster.close()
    }
  })
}
