import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../dist/qd.mjs', import.meta.url))

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string }
export type Qd = (
  args: readonly string[],
  options?: { readonly stdin?: string; readonly signal?: AbortSignal },
) => Promise<Ran>

/** The built command as a process of its own, with nothing of this machine's environment but the path. */
export function qdProcess(env: Readonly<Record<string, string>>): Qd {
  if (!existsSync(program)) throw new Error('qd is not built: run `pnpm build` first')
  return (args, { stdin = '', signal } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env.PATH ?? '', ...env } })
      let out = ''
      let err = ''
      child.stdout.on('data', (chunk) => {
        out += chunk
      })
      child.stderr.on('data', (chunk) => {
        err += chunk
      })
      child.once('error', reject)
      child.once('close', (code) => resolve({ code, out, err }))
      signal?.addEventListener('abort', () => child.kill('SIGINT'), { once: true })
      child.stdin.on('error', () => {})
      child.stdin.end(stdin)
    })
}
