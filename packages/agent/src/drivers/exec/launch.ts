import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { Attempted, DriverEvents } from '../../driver.ts'
import type { LogWriter } from '../../node/log-writer.ts'
import { type Output, openKeeperEnds, openTaskEnds } from './output-pipes.ts'
import type { StartCommand } from './start-command.ts'

export type Launched = { readonly child: ChildProcess; readonly pid: number; readonly output: Output }

/**
 * Starts a process as the leader of its own session, without input.
 *
 * @param pipesFolder named pipes for its output; null where they cannot be made, and then plain ones that break with the keeper
 */
export function launch(
  command: StartCommand,
  folder: string,
  pipesFolder: string | null,
): Promise<Attempted<Launched>> {
  const taskEnds = pipesFolder === null ? null : openTaskEnds(pipesFolder)
  const keeperEnds = pipesFolder === null ? null : openKeeperEnds(pipesFolder)
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, {
      cwd: folder,
      env: { ...command.env },
      shell: false,
      detached: true,
      stdio: ['ignore', taskEnds?.stdout ?? 'pipe', taskEnds?.stderr ?? 'pipe'],
    })
    taskEnds?.close()
    const output = keeperEnds ?? outputOf(child)
    child.once('spawn', () => {
      if (child.pid !== undefined && output) resolve({ ok: true, value: { child, pid: child.pid, output } })
    })
    child.once('error', (cause: NodeJS.ErrnoException) => {
      keeperEnds?.stdout.destroy()
      keeperEnds?.stderr.destroy()
      // Node blames the program for a folder that is not there.
      const because =
        cause.code === 'ENOENT'
          ? `The working folder ${folder} is not there.`
          : `It could not be started: ${cause.message}.`
      resolve({ ok: false, because })
    })
  })
}

function outputOf({ stdout, stderr }: ChildProcess): Output | null {
  return stdout && stderr ? { stdout, stderr } : null
}

/** Brings output into the log, no faster than it can be stored. Settles when both streams have ended. */
export async function pumpOutput({ stdout, stderr }: Output, writer: LogWriter, events: DriverEvents): Promise<void> {
  await Promise.all([pump(stdout, 'stdout'), pump(stderr, 'stderr')])

  async function pump(source: Readable, stream: 'stdout' | 'stderr'): Promise<void> {
    try {
      for await (const chunk of source) {
        events.onActivity()
        await writer.write(stream, chunk as Buffer)
      }
    } catch {
      // The pipe broke with its process; the exit says how.
    }
  }
}
