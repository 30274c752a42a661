import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { Attempted, DriverEvents } from '../../driver.ts'
import type { LogWriter } from '../../node/log-writer.ts'
import type { StartCommand } from './start-command.ts'

/** Starts a process as the leader of its own session, without input. */
export function launch(
  command: StartCommand,
  folder: string,
): Promise<Attempted<{ readonly child: ChildProcess; readonly pid: number }>> {
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, {
      cwd: folder,
      env: { ...command.env },
      shell: false,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.once('spawn', () => {
      if (child.pid !== undefined) resolve({ ok: true, value: { child, pid: child.pid } })
    })
    child.once('error', (cause: NodeJS.ErrnoException) => {
      // Node blames the program for a folder that is not there.
      const because =
        cause.code === 'ENOENT'
          ? `The working folder ${folder} is not there.`
          : `It could not be started: ${cause.message}.`
      resolve({ ok: false, because })
    })
  })
}

/** Brings output into the log, no faster than it can be stored. Settles when both streams have ended. */
export async function pumpOutput(child: ChildProcess, writer: LogWriter, events: DriverEvents): Promise<void> {
  await Promise.all([pump(child.stdout, 'stdout'), pump(child.stderr, 'stderr')])

  async function pump(source: Readable | null, stream: 'stdout' | 'stderr'): Promise<void> {
    if (!source) return
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
