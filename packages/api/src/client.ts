import type { ClusterError } from '@quarterdeck/domain'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from './routers/registry.ts'

/** What clients of the API know of it: types only, so that no server code ends up in a browser, an agent or the CLI. */
export type { AppRouter }
export type RouterInputs = inferRouterInputs<AppRouter>
export type RouterOutputs = inferRouterOutputs<AppRouter>

/** `error.data` of every tRPC error of this API. */
export type ErrorData = { readonly code: string; readonly httpStatus: number; readonly cluster: ClusterError }

/** `connectionParams` of an agent on `/agent`. */
export type AgentConnectionParams = { readonly nodeId: string; readonly secret: string }
/** `connectionParams` of a program on `/ws`; a browser sends none, its cookie is enough. Over HTTP: `authorization: Bearer qdt_…`. */
export type ClientConnectionParams = { readonly token: string }
