import { UsageError } from '../failure.ts'
import type { Io } from '../io.ts'

/** From stdin when it is piped, else asked for without echo. Never from the command line, which everybody on the machine can read. */
export async function readPassword(
  io: Io,
  { piped, again }: { readonly piped: boolean; readonly again: boolean },
): Promise<string> {
  if (piped) return (await io.readAll()).replace(/\r?\n$/, '')
  if (!io.isInteractive)
    throw new UsageError('There is no terminal to ask for the password on: pipe it in with --password-stdin')
  const password = await io.askSecret('Password: ')
  if (again && (await io.askSecret('Again: ')) !== password) throw new UsageError('The two passwords differ')
  return password
}
