import { type CallOptions, type Calls, createCalls } from './calls.ts'
import { createCredential } from './credential.ts'
import { createEndpoints } from './endpoints.ts'
import { type Area, type Input, type Output, procedures, type Verb } from './procedures.ts'
import { createSubscriptions, type Subscriptions } from './subscriptions.ts'
import { createTasks, type Tasks } from './tasks.ts'

export type ClientOptions = {
  /** Addresses of controllers, such as `http://127.0.0.1:7400`; one is enough, more survive its loss. */
  readonly urls: readonly string[]
  /** An API token `qdt_…`. */
  readonly token?: string
  /** Session cookie of a person, as `name=value`: for tools that sign a person in. */
  readonly cookie?: string
  /** How long a call that may be repeated is tried on the controllers, milliseconds. Default 15 s. */
  readonly retryForMs?: number
}

type Kinds = typeof procedures
type KindOf<A extends Area, V extends Verb<A>> = V extends keyof Kinds[A] ? Kinds[A][V] : never
type Item<Stream> = Stream extends AsyncIterable<infer Value> ? Value : never

type Method<A extends Area, V extends Verb<A>> =
  KindOf<A, V> extends 'subscription'
    ? (
        ...args: [...Given<Input<A, V>>, options?: { readonly signal?: AbortSignal }]
      ) => AsyncGenerator<Item<Output<A, V>>, void>
    : (...args: [...Given<Input<A, V>>, options?: CallOptions]) => Promise<Output<A, V>>
/** A procedure without input takes `undefined`, or nothing. */
type Given<Value> = undefined extends Value ? [input?: Value] : [input: Value]

type Resource<A extends Area> = { readonly [V in Verb<A>]: Method<A, V> }

/** Every procedure of the API as a method, `client.nodes.drain(…)`; those of tasks that wait or stream know how to go on. */
export type Client = { readonly [A in Exclude<Area, 'tasks'>]: Resource<A> } & {
  readonly tasks: Omit<Resource<'tasks'>, keyof Tasks> & Tasks
  /** Closes the socket of the streams. Calls need no closing. */
  close(): void
}

/** A cluster from code. Throws `QuarterdeckError` and nothing else, but for arguments that make no sense. */
export function client({ urls, token, cookie, retryForMs = 15_000 }: ClientOptions): Client {
  const endpoints = createEndpoints(urls)
  const credential = createCredential({
    ...(token === undefined ? {} : { token }),
    ...(cookie === undefined ? {} : { cookie }),
  })
  const calls = createCalls({ endpoints, credential, retryForMs })
  const subscriptions = createSubscriptions({ endpoints, credential, retryForMs })

  const resources = Object.entries(procedures).map(([area, verbs]) => [
    area,
    resource(area, verbs, { calls, subscriptions }),
  ])
  const generic = Object.fromEntries(resources) as { readonly [A in Area]: Resource<A> }
  return {
    ...generic,
    tasks: { ...generic.tasks, ...createTasks({ calls, subscriptions }) },
    close: () => subscriptions.close(),
  }
}

type Lanes = { readonly calls: Calls; readonly subscriptions: Subscriptions }

function resource(area: string, verbs: Readonly<Record<string, string>>, { calls, subscriptions }: Lanes) {
  const methods = Object.entries(verbs).map(([verb, kind]) => {
    const path = `${area}.${verb}`
    if (kind === 'subscription') {
      return [verb, (input: unknown, options: CallOptions = {}) => subscriptions.open(path, input, options.signal)]
    }
    const isQuery = kind === 'query'
    const method = (input: unknown, options: CallOptions = {}) =>
      calls.call({ ...options, kind: isQuery ? 'query' : 'mutation', path, input, repeatable: isQuery })
    return [verb, method]
  })
  return Object.fromEntries(methods)
}
