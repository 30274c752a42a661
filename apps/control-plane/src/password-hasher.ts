import { hash, parseOptions, verify } from '@node-rs/argon2'
import { HasherBusy, type PasswordHasher } from '@quarterdeck/control-plane'

/** argon2id: 64 MiB, 3 passes. OWASP's floor is 19 MiB and 2 passes. */
const parameters = { memoryCost: 64 * 1024, timeCost: 3, parallelism: 1 } as const

/** Each takes 64 MiB and a core for a moment: without a bound, sign-ins would be a way to take the controller down. */
const RUNNING_MAX = 4
const WAITING_MAX = 50

export function createPasswordHasher(): PasswordHasher {
  const waiting: (() => void)[] = []
  let running = 0

  async function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    if (running >= RUNNING_MAX) {
      if (waiting.length >= WAITING_MAX) throw new HasherBusy('too many passwords are being checked')
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else {
      running++
    }
    try {
      return await work()
    } finally {
      // The place goes straight to the next in line, so that a newcomer cannot slip in between.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  return {
    hash: (password) => inTurn(() => hash(password, parameters)),
    verify: (storedHash, password) => inTurn(() => verify(storedHash, password)),
    outdated(storedHash) {
      const { memoryCost, timeCost } = parseOptions(storedHash)
      return memoryCost < parameters.memoryCost || timeCost < parameters.timeCost
    },
  }
}
