import { readFileSync } from 'node:fs'

export type Account = { readonly name: string; readonly uid: number; readonly gid: number }

/** Looks a user up in the machine's own list; accounts of a directory service are not asked for. */
export function findAccount(name: string, passwdFile = '/etc/passwd'): Account | null {
  return listAccounts(passwdFile).find((account) => account.name === name) ?? null
}

export function findAccountByUid(uid: number, passwdFile = '/etc/passwd'): Account | null {
  return listAccounts(passwdFile).find((account) => account.uid === uid) ?? null
}

function listAccounts(passwdFile: string): Account[] {
  let text: string
  try {
    text = readFileSync(passwdFile, 'utf8')
  } catch {
    return []
  }
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : []
  })
}
