import type { Command } from 'commander'
import { appliers } from '../apply/registry.ts'
import { act, type Call, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { each } from '../parse/options.ts'
import { readManifests } from '../parse/read-manifests.ts'
import { confirm } from '../show/confirm.ts'

export type ApplyFlags = { readonly file?: string[]; readonly dryRun?: boolean; readonly yes?: boolean }

export function addApplyCommand(program: Command, run: Run): void {
  const kinds = appliers.map(({ kind }) => kind).join(', ')
  act<ApplyFlags>(
    withFileOptions(leaf(program, 'apply', `bring the cluster to what files of YAML or JSON say: ${kinds}`)),
    run,
    (call) => applyFiles(call),
  )
}

export function withFileOptions(command: Command): Command {
  return command
    .option('-f, --file <file>', 'YAML or JSON, `-` for what is piped in; may be repeated', each)
    .option('--dry-run', 'only show what would change and what would happen')
    .option('--yes', 'do not ask')
}

/** Shows what each file would change, asks once, then carries out what was shown. `only` names the one kind that is accepted. */
export async function applyFiles(
  { cluster, options, print, io }: Call<ApplyFlags, readonly unknown[]>,
  only?: string,
): Promise<number> {
  if (!options.file) throw new UsageError('Name a file with -f')
  const planned = []
  for (const manifest of await readManifests(options.file, io)) {
    const applier = appliers.find(({ kind }) => kind === manifest.kind)
    if (!applier || (only && manifest.kind !== only)) {
      const accepted = only ?? appliers.map(({ kind }) => kind).join(', ')
      throw new UsageError(`${manifest.where}: kind "${manifest.kind}" is not known here; accepted: ${accepted}`)
    }
    planned.push(await applier.plan(cluster, manifest))
  }
  const text = planned.map((each) => each.text).join('\n\n')
  if (options.dryRun || planned.every(({ changesSomething }) => !changesSomething)) {
    print.result({ plans: planned.map(({ plan }) => plan), applied: false }, () => text)
    return 0
  }
  print.note(text)
  await confirm({ io, print, yes: options.yes }, 'Apply this?')
  const lines: string[] = []
  for (const each of planned) lines.push(await each.carryOut())
  print.result({ plans: planned.map(({ plan }) => plan), applied: true }, () => lines.join('\n'))
  return 0
}
