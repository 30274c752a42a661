/**
 * What a task does about a failure. The names are those of the seven service fault-tolerance strategies (Zhou Zhiming, *The Fenix
 * Project*, chapter "Fault tolerance"; Apache Dubbo's cluster invokers). The two that need several tasks, `broadcast` and `forking`, are
 * broadcasts: one task on each matching node, or on a few of them until the first success.
 */
export const faultStrategies = ['failover', 'failfast', 'failsafe', 'failsilent', 'failback'] as const
export type FaultStrategy = (typeof faultStrategies)[number]

/** One sentence each, as the dispatch form and `qd` show them. */
export const faultStrategySummaries: Readonly<Record<FaultStrategy, string>> = {
  failover: 'Tries again on another node, up to the attempts of its retry; then it is a dead letter.',
  failfast: 'One attempt only. An attempt that is lost with its node stays unknown and is never repeated.',
  failsafe: 'When every attempt has failed it counts as succeeded, and says that an error was ignored.',
  failsilent:
    'A node on which it failed gets no work of this job for a while, longer each time; other jobs are not touched.',
  failback:
    'The caller is told at the first failure; it is tried again in the background, from 5 s up to 5 min apart, 10 times.',
}
