import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FromLoad, ToLoad } from './load-messages.ts'

export type Beaten = Extract<FromLoad, { kind: 'beaten' }>

/** Played agents in a process of their own. */
export type AgentFleet = {
  readonly pid: number
  connect(input: Omit<Extract<ToLoad, { kind: 'connect' }>, 'kind'>): Promise<number>
  beat(input: Omit<Extract<ToLoad, { kind: 'beat' }>, 'kind'>): Promise<Beaten>
  stop(): Promise<void>
}

export function startFleet(): AgentFleet {
  const child = fork(fileURLToPath(new URL('./load-process.ts', import.meta.url)), { serialization: 'advanced' })
  return {
    pid: child.pid ?? 0,
    async connect(input) {
      const answer = await ask(child, { kind: 'connect', ...input })
      if (answer.kind !== 'connected') throw new Error('a fleet that was told to connect did something else')
      return answer.count
    },
    async beat(input) {
      const answer = await ask(child, { kind: 'beat', ...input })
      if (answer.kind !== 'beaten') throw new Error('a fleet that was told to beat did something else')
      return answer
    },
    async stop() {
      if (child.exitCode !== null) return
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    },
  }
}

function ask(child: ChildProcess, message: ToLoad): Promise<FromLoad> {
  return new Promise((resolve, reject) => {
    const onEnd = () => reject(new Error('the process that plays agents ended'))
    child.once('exit', onEnd)
    child.once('message', (answer: FromLoad) => {
      child.off('exit', onEnd)
      if (answer.kind === 'failed') reject(new Error(answer.because))
      else resolve(answer)
    })
    child.send(message)
  })
}
