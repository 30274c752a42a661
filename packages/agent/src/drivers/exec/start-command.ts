import type { ExecLimits } from '@quarterdeck/domain'
import type { Account } from './accounts.ts'

/**
 * Enters the groups, limits itself, then becomes the task: `$1` is the number of groups, then their files, then the most open files and KiB
 * of address space (empty: as they are), then the command. Only this fixed text is ever read by a shell here; what the task brings are
 * arguments.
 */
const enterAndBecome = [
  'n=$1; shift; while [ "$n" -gt 0 ]; do echo $$ >"$1" || exit 126; shift; n=$((n-1)); done',
  'ulimit -c 0; [ -z "$1" ] || ulimit -n "$1" || exit 126; [ -z "$2" ] || ulimit -v "$2" || exit 126; shift 2',
  'umask 077; exec "$@"',
].join('; ')

/**
 * Second stage, as the task's user: gives the variables their names, then becomes the task. `$1` is their number, then their names,
 * then the command.
 */
const nameVariables =
  'n=$1; shift; while [ "$n" -gt 0 ]; do eval "export $1=\\"\\$QDV_$1\\""; unset "QDV_$1"; shift; n=$((n-1)); done; exec "$@"'

export type StartCommand = {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/**
 * The command line that starts a program inside its groups, under its rlimits and as its user. Pure.
 *
 * What runs before the change of user runs with the agent's rights, so it must not see the variables that the task brought: `LD_PRELOAD`
 * alone would hand those rights over. They travel under inert names until the rights are gone.
 */
export function startCommand({
  program,
  args,
  env,
  brought,
  entrances,
  account,
  limits,
  tools,
  isBoundByGroup,
}: {
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Names in `env` that the task chose; the others hold only what this node gave them. */
  readonly brought: readonly string[]
  readonly entrances: readonly string[]
  /** Whom to become; null to stay who the agent is. */
  readonly account: Account | null
  readonly limits: ExecLimits
  readonly tools: { readonly setpriv: string | null; readonly prlimit: string | null }
  /** Whether cgroups bound memory and processes already, so that rlimits need not. */
  readonly isBoundByGroup: boolean
}): StartCommand {
  const names = account ? brought.filter((name) => env[name] !== undefined) : []
  const { memoryBytes, openFiles } = limits
  const addressSpaceKib = isBoundByGroup || memoryBytes === undefined ? '' : String(Math.ceil(memoryBytes / 1024))
  const become = [
    ...processLimit(tools.prlimit, limits, isBoundByGroup),
    ...privileges(tools.setpriv, account),
    ...(names.length > 0 ? ['/bin/sh', '-c', nameVariables, 'qd-task', String(names.length), ...names] : []),
    program,
    ...args,
  ]
  const rlimits = [openFiles === undefined ? '' : String(openFiles), addressSpaceKib]
  return {
    file: '/bin/sh',
    args: ['-c', enterAndBecome, 'qd-start', String(entrances.length), ...entrances, ...rlimits, ...become],
    env: Object.fromEntries(
      Object.entries(env).map(([name, value]) => [names.includes(name) ? `QDV_${name}` : name, value]),
    ),
  }
}

/** Shells differ in how they name this one. */
function processLimit(prlimit: string | null, { processes }: ExecLimits, isBoundByGroup: boolean): string[] {
  return prlimit && !isBoundByGroup && processes !== undefined ? [prlimit, `--nproc=${processes}`, '--'] : []
}

/** Nothing the task runs may gain rights that it did not start with, set-user-id programs included. */
function privileges(setpriv: string | null, account: Account | null): string[] {
  if (!setpriv) return []
  if (!account) return [setpriv, '--no-new-privs', '--']
  const { uid, gid } = account
  return [
    setpriv,
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--no-new-privs',
    '--bounding-set=-all',
    '--inh-caps=-all',
    '--',
  ]
}
