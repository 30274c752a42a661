import { formatDuration } from '@quarterdeck/domain'
import type { HealthVerdict } from '../../health/health-watch.ts'
import { signal } from './cgroup-files.ts'
import type { Launched } from './launch.ts'

const outputBytesMax = 2_000

/** Waits for a check that was launched: healthy when it exits with 0 in time. What it prints last is the reason. */
export function awaitCheck({ child, pid, output: streams }: Launched, timeoutMs: number): Promise<HealthVerdict> {
  let output = ''
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-outputBytesMax)
  }
  streams.stdout.on('data', keep)
  streams.stderr.on('data', keep)
  return new Promise((resolve) => {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      signal(-pid, 'SIGKILL')
    }, timeoutMs)
    child.once('exit', (code, by) => {
      clearTimeout(timer)
      // What it left running belongs to the check, not to the task.
      signal(-pid, 'SIGKILL')
      const said = output.trim().split('\n').at(-1) ?? ''
      const exit = isLate ? `no exit within ${formatDuration(timeoutMs)}` : by ? `killed by ${by}` : `exit code ${code}`
      resolve({ healthy: !isLate && code === 0, because: said ? `check: ${exit}: ${said}` : `check: ${exit}` })
    })
  })
}
