import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** The repository's root, as a file: URL that ends in a slash. */
export const root = new URL('../', import.meta.url)

/** Every file that git tracks or would track, from the root, with forward slashes. */
export function listFiles() {
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
    .split('\0')
    .filter((file) => file !== '' && existsSync(new URL(encodeURI(file), root)))
}
