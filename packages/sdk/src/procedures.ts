import type { AppRouter, RouterInputs, RouterOutputs } from '@quarterdeck/api/client'

type Routers = AppRouter['_def']['record']
/** Agents have their own protocol. */
export type Area = Exclude<keyof RouterInputs, 'agents'>
export type Verb<A extends Area> = keyof RouterInputs[A]

type KindOf<A extends Area, V extends Verb<A>> = V extends keyof Routers[A]
  ? Routers[A][V] extends { readonly _def: { readonly type: infer Kind } }
    ? Kind
    : never
  : never

export type Input<A extends Area, V extends Verb<A>> = RouterInputs[A][V]
export type Output<A extends Area, V extends Verb<A>> = RouterOutputs[A][V]

/**
 * Every procedure and its kind. The router is known here as a type only, so this table is what exists of it at run time; a procedure
 * that is missing, or of another kind, does not compile.
 */
export const procedures = {
  auth: {
    state: 'query',
    setUp: 'mutation',
    signIn: 'mutation',
    signOut: 'mutation',
    me: 'query',
    changePassword: 'mutation',
    tickets: 'mutation',
  },
  broadcasts: { preview: 'query', submit: 'mutation', list: 'query', get: 'query', cancel: 'mutation' },
  cluster: {
    summary: 'query',
    survivability: 'query',
    rebalanceAdvice: 'query',
    rebalance: 'mutation',
    settings: 'query',
    updateSettings: 'mutation',
    strategies: 'query',
    stream: 'subscription',
  },
  controlPlane: { view: 'query', transfer: 'mutation', releaseBrake: 'mutation' },
  events: { list: 'query', audit: 'query' },
  faults: {
    breakers: 'query',
    closeBreaker: 'mutation',
    cordonSuggestions: 'query',
    failback: 'query',
    setFailbackPaused: 'mutation',
  },
  jobTemplates: {
    list: 'query',
    get: 'query',
    plan: 'mutation',
    save: 'mutation',
    preview: 'query',
    run: 'mutation',
    remove: 'mutation',
  },
  nodes: {
    list: 'query',
    get: 'query',
    history: 'query',
    cordon: 'mutation',
    uncordon: 'mutation',
    previewLoss: 'mutation',
    previewTaints: 'query',
    previewAct: 'mutation',
    confirmAct: 'mutation',
    previewDrain: 'mutation',
    drain: 'mutation',
    stopDrain: 'mutation',
    remove: 'mutation',
    promote: 'mutation',
    demote: 'mutation',
    setLabels: 'mutation',
    setPlacing: 'mutation',
  },
  operations: { list: 'query', get: 'query', stop: 'mutation', sharePlan: 'mutation' },
  plans: { get: 'query' },
  pools: { list: 'query', setScaler: 'mutation', removeScaler: 'mutation' },
  schedules: {
    list: 'query',
    get: 'query',
    preview: 'query',
    save: 'mutation',
    run: 'mutation',
    pause: 'mutation',
    resume: 'mutation',
    remove: 'mutation',
  },
  services: {
    list: 'query',
    get: 'query',
    plan: 'mutation',
    save: 'mutation',
    preview: 'mutation',
    carryOut: 'mutation',
    scale: 'mutation',
    autoscale: 'mutation',
    tellMetric: 'mutation',
    rollback: 'mutation',
    pauseUpdate: 'mutation',
    resumeUpdate: 'mutation',
    remove: 'mutation',
  },
  tasks: {
    submit: 'mutation',
    submitMany: 'mutation',
    run: 'mutation',
    wait: 'query',
    finished: 'subscription',
    preview: 'query',
    plan: 'mutation',
    getPlan: 'query',
    confirm: 'mutation',
    explain: 'query',
    explainNew: 'query',
    list: 'query',
    get: 'query',
    cancel: 'mutation',
    rerun: 'mutation',
    closeUnknown: 'mutation',
    deadLetters: 'query',
    replay: 'mutation',
    watch: 'subscription',
    logs: 'subscription',
  },
  tokens: {
    listJoin: 'query',
    createJoin: 'mutation',
    revokeJoin: 'mutation',
    listApi: 'query',
    createApi: 'mutation',
    revokeApi: 'mutation',
  },
  workflows: {
    list: 'query',
    get: 'query',
    plan: 'mutation',
    save: 'mutation',
    start: 'mutation',
    runs: 'query',
    run: 'query',
    cancel: 'mutation',
    retry: 'mutation',
    remove: 'mutation',
  },
  users: { list: 'query', create: 'mutation', update: 'mutation', remove: 'mutation' },
} as const satisfies { readonly [A in Area]: { readonly [V in Verb<A>]: KindOf<A, V> } }
