import { chown, lstat, mkdir, rm, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { type AttemptRef, attemptFolder } from '../../attempt.ts'
import type { Attempted } from '../../driver.ts'
import type { Account } from './accounts.ts'

/**
 * Makes the folder that holds the attempts' folders: passable for tasks of other users, readable for none. Where others may create
 * files too, as in the folder for temporary files, somebody may have been there first; then it is not used.
 */
export async function makeWorkFolder(folder: string, uid: number): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o711 })
  const found = await lstat(folder)
  if (!found.isDirectory() || found.uid !== uid) throw new Error(`QD_WORK_DIR: ${folder} is not a folder of this user`)
}

/** Deletes it when no attempt has anything in it. */
export async function removeWorkFolder(folder: string): Promise<void> {
  await rmdir(folder).catch(() => {})
}

/** A private folder for one attempt, owned by whoever runs it. */
export async function makeTaskFolder(
  workFolder: string,
  ref: AttemptRef,
  account: Account | null,
): Promise<Attempted<null>> {
  const folder = path.join(workFolder, attemptFolder(ref))
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (account) await chown(folder, account.uid, account.gid)
    return { ok: true, value: null }
  } catch (cause) {
    return {
      ok: false,
      because: `Its working folder could not be made: ${cause instanceof Error ? cause.message : String(cause)}.`,
    }
  }
}

export async function removeTaskFolder(workFolder: string, ref: AttemptRef): Promise<void> {
  await rm(path.join(workFolder, attemptFolder(ref)), { recursive: true, force: true })
}
