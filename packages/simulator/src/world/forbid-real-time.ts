const message = (name: string) => `${name} was used in a simulated run: take it from the platform`

function forbidden(name: string) {
  return () => {
    throw new Error(message(name))
  }
}

const RealDate = Date
/** Still turns a given moment into a date, which depends on nothing; refuses to say what time it is. */
const timelessDate = new Proxy(RealDate, {
  construct(target, args: unknown[]) {
    if (args.length === 0) throw new Error(message('new Date()'))
    return Reflect.construct(target, args)
  },
  apply: forbidden('Date()'),
  get: (target, name) => (name === 'now' ? forbidden('Date.now') : Reflect.get(target, name)),
})

type Replacement = { readonly owner: object; readonly name: string; readonly value: unknown }

const replacements: readonly Replacement[] = [
  { owner: globalThis, name: 'Date', value: timelessDate },
  { owner: globalThis, name: 'setTimeout', value: forbidden('setTimeout') },
  { owner: globalThis, name: 'setInterval', value: forbidden('setInterval') },
  { owner: globalThis, name: 'setImmediate', value: forbidden('setImmediate') },
  { owner: Math, name: 'random', value: forbidden('Math.random') },
  { owner: performance, name: 'now', value: forbidden('performance.now') },
  { owner: globalThis.crypto, name: 'randomUUID', value: forbidden('crypto.randomUUID') },
  { owner: globalThis.crypto, name: 'getRandomValues', value: forbidden('crypto.getRandomValues') },
]

/** Makes the real clock, timers and chance throw until the returned function is called. */
export function forbidRealTime(): () => void {
  const before = replacements.map(({ owner, name }) => Object.getOwnPropertyDescriptor(owner, name))
  for (const { owner, name, value } of replacements) {
    Object.defineProperty(owner, name, { value, configurable: true, writable: true })
  }
  return () => {
    for (const [index, { owner, name }] of replacements.entries()) {
      const descriptor = before[index]
      if (descriptor) Object.defineProperty(owner, name, descriptor)
      else Reflect.deleteProperty(owner, name)
    }
  }
}
