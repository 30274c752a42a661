import { execFile } from 'node:child_process'
import { closeSync, constants, existsSync, openSync } from 'node:fs'
import { chown, mkdir, rename, rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import path from 'node:path'
import type { Readable } from 'node:stream'
import type { Account } from './accounts.ts'

/** What the keeper reads of a task. */
export type Output = { readonly stdout: Readable; readonly stderr: Readable }

const streams = ['stdout', 'stderr'] as const

/** Pipes are made so many at a time: starting a program costs more than all else that the pipes of an attempt need. */
const MADE_AT_ONCE = 64

/**
 * Named pipes for the output of attempts.
 *
 * A plain pipe breaks when the keeper dies, and with it every program that writes. A named one is opened by the task for reading as
 * well: it never breaks, the task waits when it is full, and the next keeper reads on where the last one stopped.
 */
export type OutputPipes = {
  /** Two pipes in a folder of their own, for an attempt that runs as `account`. A second call finds them made. */
  make(folder: string, account: Account | null): Promise<void>
}

/** @param stockFolder of this keeper alone and on the file system of the attempts' folders; what an earlier keeper left there is removed */
export function outputPipes(mkfifo: string, stockFolder: string): OutputPipes {
  const stock: string[] = []
  let made = 0
  let making: Promise<void> | null = null

  async function fill(): Promise<void> {
    if (made === 0) await rm(stockFolder, { recursive: true, force: true })
    await mkdir(stockFolder, { recursive: true, mode: 0o700 })
    const files = Array.from({ length: MADE_AT_ONCE }, () => path.join(stockFolder, String(made++)))
    await new Promise<void>((resolve, reject) => {
      execFile(mkfifo, ['--mode=600', '--', ...files], (cause) => (cause ? reject(cause) : resolve()))
    })
    stock.push(...files)
  }

  async function take(): Promise<string> {
    for (;;) {
      const file = stock.pop()
      if (file !== undefined) return file
      making ??= fill().finally(() => {
        making = null
      })
      await making
    }
  }

  return {
    async make(folder, account) {
      const files = streams.map((stream) => path.join(folder, stream))
      if (files.every((file) => existsSync(file))) return
      await mkdir(folder, { recursive: true, mode: 0o700 })
      for (const file of files) {
        await rename(await take(), file)
        // A task may open its own output once more, as `tee /dev/stderr` does.
        if (account) await chown(file, account.uid, account.gid)
      }
    },
  }
}

export async function removePipes(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}

/** The task's ends. Whoever calls closes them once the task has inherited them. */
export function openTaskEnds(folder: string): { readonly stdout: number; readonly stderr: number; close(): void } {
  const [stdout = -1, stderr = -1] = streams.map((stream) => openSync(path.join(folder, stream), constants.O_RDWR))
  return {
    stdout,
    stderr,
    close: () => {
      closeSync(stdout)
      closeSync(stderr)
    },
  }
}

/** The keeper's ends: they end when no process of the task holds its own any more, so one must be open already. */
export function openKeeperEnds(folder: string): Output {
  const read = (stream: (typeof streams)[number]) => {
    const fd = openSync(path.join(folder, stream), constants.O_RDONLY | constants.O_NONBLOCK)
    return new Socket({ fd, readable: true, writable: false })
  }
  return { stdout: read('stdout'), stderr: read('stderr') }
}
