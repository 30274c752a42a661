import { router, t } from '../trpc.ts'
import { agentsRouter } from './agents.ts'
import { authRouter } from './auth.ts'
import { broadcastsRouter } from './broadcasts.ts'
import { clusterRouter } from './cluster.ts'
import { controlPlaneRouter } from './control-plane.ts'
import { eventsRouter } from './events.ts'
import { faultsRouter } from './faults.ts'
import { jobTemplatesRouter } from './job-templates.ts'
import { nodesRouter } from './nodes.ts'
import { operationsRouter } from './operations.ts'
import { plansRouter } from './plans.ts'
import { poolsRouter } from './pools.ts'
import { schedulesRouter } from './schedules.ts'
import { servicesRouter } from './services.ts'
import { tasksRouter } from './tasks.ts'
import { tokensRouter } from './tokens.ts'
import { usersRouter } from './users.ts'
import { workflowsRouter } from './workflows.ts'

/** Every router, one line each. */
export const appRouter = router({
  agents: agentsRouter,
  auth: authRouter,
  broadcasts: broadcastsRouter,
  cluster: clusterRouter,
  controlPlane: controlPlaneRouter,
  events: eventsRouter,
  faults: faultsRouter,
  jobTemplates: jobTemplatesRouter,
  nodes: nodesRouter,
  operations: operationsRouter,
  plans: plansRouter,
  pools: poolsRouter,
  schedules: schedulesRouter,
  services: servicesRouter,
  tasks: tasksRouter,
  tokens: tokensRouter,
  users: usersRouter,
  workflows: workflowsRouter,
})

export type AppRouter = typeof appRouter

/** Calls procedures in this process, with the same checks as over the network. */
export const createCaller = t.createCallerFactory(appRouter)
