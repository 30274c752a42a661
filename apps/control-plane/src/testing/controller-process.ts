import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const bundle = fileURLToPath(new URL('../../dist/controller.mjs', import.meta.url))

export type ControllerProcess = {
  readonly child: ChildProcess
  /** Everything it has written so far. */
  output(): string
  /** Exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string | null>
}

/** One controller as users run it: the bundle, in a process of its own. */
export function startControllerProcess(env: Readonly<Record<string, string>>): ControllerProcess {
  if (!existsSync(bundle)) throw new Error('the controller is not built: run `pnpm build` first')
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [bundle], { env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  // A test run that is cut short must not leave a controller behind.
  const endWithUs = () => child.kill('SIGKILL')
  process.once('exit', endWithUs)
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('close', (code, signal) => {
      process.off('exit', endWithUs)
      resolve(signal ?? code)
    })
  })
  return { child, output: () => output, ended }
}
