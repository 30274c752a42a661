/** What `pnpm sim` was asked for. */
export type SimArguments =
  | { readonly mode: 'one'; readonly seed: number; readonly trace: boolean; readonly json: boolean }
  | { readonly mode: 'range'; readonly from: number; readonly count: number; readonly json: boolean }

export const USAGE = `pnpm sim --seed N [--trace]             replays one seed, with its trace
pnpm sim --from A --count K [--json]    runs seeds A to A+K-1; --json ends with one line {"seeds","violations","perMinute"}`

/** Throws with one sentence when the arguments make no sense. */
export function readArguments(args: readonly string[]): SimArguments {
  const known = new Set(['--seed', '--from', '--count', '--seeds', '--trace', '--json'])
  const values = new Map<string, string>()
  for (let index = 0; index < args.length; index++) {
    const name = args[index] ?? ''
    if (!known.has(name)) throw new Error(`there is no option ${name}\n${USAGE}`)
    if (name === '--trace' || name === '--json') values.set(name, 'yes')
    else values.set(name, args[++index] ?? '')
  }
  const number = (name: string, fallback: number) => {
    const text = values.get(name)
    if (text === undefined) return fallback
    if (!/^\d+$/.test(text)) throw new Error(`${name} takes a whole number, not "${text}"`)
    return Number(text)
  }
  const json = values.has('--json')
  if (values.has('--seed')) return { mode: 'one', seed: number('--seed', 1), trace: values.has('--trace'), json }
  return { mode: 'range', from: number('--from', 1), count: number('--count', number('--seeds', 200)), json }
}
