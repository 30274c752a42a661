import { Refused } from '../failure.ts'
import type { Io } from '../io.ts'
import type { Printer } from './printer.ts'

/**
 * Asks before something is done. Throws `Refused` for a no, and when nobody is there to be asked.
 *
 * @param nothing what the refusal begins with: "Nothing was changed"
 */
export async function confirm(
  { io, print, yes }: { readonly io: Io; readonly print: Printer; readonly yes: boolean | undefined },
  question: string,
  nothing = 'Nothing was changed',
): Promise<void> {
  if (yes) return
  if (!io.isInteractive || print.json)
    throw new Refused(`${nothing}. Add --yes to carry this out, or --dry-run to only look`)
  if (!/^y(es)?$/i.test(await io.ask(`${question} [y/N] `))) throw new Refused(nothing)
}
