/**
 * Handlers for a node: `QD_HANDLERS=examples/handlers.mjs qd agent join`. Then, for example:
 *
 *     qd task run --follow --handler count-primes --input '{"below": 2000000}'
 *
 * A plain module is enough. In a project of your own, `defineHandlers` of @quarterdeck/sdk/worker checks names and types as well.
 *
 * @type {import('@quarterdeck/sdk/worker').Handlers}
 */
export const handlers = {
  /** Gives back what it got. */
  echo: (input) => input,

  /** Counts primes in slices, so that progress can be told and a stop is heard. */
  'count-primes': async (input, { progress, signal, log }) => {
    const below = numberFrom(input, 'below', 1_000_000)
    const sliceLength = 50_000
    let found = 0
    for (let from = 2; from < below; from += sliceLength) {
      signal.throwIfAborted()
      const to = Math.min(below, from + sliceLength)
      for (let candidate = from; candidate < to; candidate++) if (isPrime(candidate)) found++
      progress(to / below, `${found} primes below ${to}`)
      await new Promise((resolve) => setImmediate(resolve))
    }
    log(`${found} primes below ${below}`)
    return { below, found }
  },

  /** Waits, in steps that can be seen; for trying out drains, cancels and timeouts. */
  wait: async (input, { progress, signal }) => {
    const seconds = numberFrom(input, 'seconds', 60)
    for (let second = 0; second < seconds; second++) {
      signal.throwIfAborted()
      progress(second / seconds, `${seconds - second} s to go`)
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
    return { waited: seconds }
  },
}

function numberFrom(input, name, fallback) {
  const value = input?.[name] ?? fallback
  if (typeof value !== 'number' || !(value >= 0)) throw new TypeError(`${name} must be a number of 0 or more`)
  return value
}

function isPrime(candidate) {
  if (candidate % 2 === 0) return candidate === 2
  for (let divisor = 3; divisor * divisor <= candidate; divisor += 2) if (candidate % divisor === 0) return false
  return candidate > 1
}
