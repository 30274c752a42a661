import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { applyEdits } from '@quarterdeck/simulator/mutant'
import { allCauses } from './all-causes.ts'
import type { Cause } from './cause.ts'

/**
 * `pnpm causes [--json] [--only NAME,NAME]`: puts each cause of failure back, one at a time, into bundles of their own, and runs the test
 * that must notice. With --json the last line is {"causes","unnoticed"}. Exits with 1 when a test passed all the same.
 *
 * Needs `pnpm build` before. Every test waits at most half a minute for a thing, so the whole takes about half an hour.
 */
const root = fileURLToPath(new URL('../..', import.meta.url))
const PATIENCE_MS = 30_000
const apps = [
  { folder: 'apps/control-plane', outfile: 'controller.mjs', options: ['--external=@node-rs/argon2'] },
  { folder: 'apps/agent', outfile: 'qd-agent.mjs', options: [] },
]
const { values } = parseArgs({ options: { json: { type: 'boolean' }, only: { type: 'string' } } })
const wanted = values.only?.split(',')
const unknown = wanted?.find((name) => !allCauses.some((cause) => cause.name === name))
if (unknown)
  throw new Error(`--only: there is no cause ${unknown}; there are ${allCauses.map(({ name }) => name).join(', ')}`)
const chosen = allCauses.filter(({ name }) => !wanted || wanted.includes(name))

const unnoticed: string[] = []
for (const cause of chosen) {
  await bundle(cause)
  const { code, output } = await run(testCommand(cause), {
    QD_TEST_DIST: 'dist-cause',
    QD_TEST_PATIENCE_MS: String(PATIENCE_MS),
  })
  const failure = failureIn(output)
  if (code === 0 || failure === null) unnoticed.push(cause.name)
  console.log(`${cause.name}: ${code === 0 ? 'NOT NOTICED' : (failure ?? `NO TEST FAILED\n${output.slice(-2_000)}`)}`)
}
for (const { folder } of apps) await rm(path.join(root, folder, 'dist-cause'), { recursive: true, force: true })
if (values.json) console.log(JSON.stringify({ causes: chosen.length, unnoticed: unnoticed.length }))
else console.log(`${chosen.length} causes put back, ${unnoticed.length} not noticed ${unnoticed.join(', ')}`)
process.exitCode = unnoticed.length > 0 ? 1 : 0

/** Both programs, with the edits of the cause in them. */
async function bundle({ name, edits }: Cause): Promise<void> {
  const instead: Record<string, string> = {}
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const source = await readFile(path.join(root, file), 'utf8')
    instead[path.join(root, file)] = applyEdits(
      source,
      edits.filter((edit) => edit.file === file),
    )
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'qd-cause-'))
  const list = path.join(folder, `${name}.json`)
  await writeFile(list, JSON.stringify(instead))
  for (const app of apps) {
    const args = ['src/main.ts', `dist-cause/${app.outfile}`, ...app.options, `--instead=${list}`]
    const command = [process.execPath, path.join(root, 'scripts/build-app.mjs'), ...args]
    const { code, output } = await run(command, {}, path.join(root, app.folder))
    if (code !== 0) throw new Error(`${name}: ${app.folder} cannot be bundled:\n${output}`)
  }
  await rm(folder, { recursive: true })
}

function testCommand({ test, title }: Cause): readonly string[] {
  const text = title.replaceAll(/[^\w ]/g, '.')
  return test.endsWith('.spec.ts')
    ? ['pnpm', '--dir', 'e2e', 'exec', 'playwright', 'test', path.relative('e2e', test), '--grep', text]
    : ['pnpm', 'exec', 'vitest', 'run', '--config', 'vitest.integration.config.ts', test, '--testNamePattern', text]
}

/** The sentence that the failed test ended with; null when none failed, for example because none has that title. */
function failureIn(output: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what colours are made of
  const plain = output.replaceAll(/\x1b\[[0-9;]*m/g, '')
  return /^\s*(?:\w*Error: .*)$/m.exec(plain)?.[0].trim() ?? null
}

function run(
  [command = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd = root,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env } })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}
