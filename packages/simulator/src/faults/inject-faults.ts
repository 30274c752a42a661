import type { Cluster } from '../cluster/cluster.ts'
import type { Scenario } from '../run/scenario.ts'
import { exponential } from '../world/random-streams.ts'
import type { Strike } from './fault.ts'
import { faultKinds } from './registry.ts'

/** Lets the faults of a scenario strike at random moments until healed. */
export function injectFaults(cluster: Cluster, scenario: Scenario): { heal(): void } {
  const { world, recorder } = cluster
  const active = new Set<Strike>()
  let isHealed = false

  for (const { name, everyMs } of scenario.faults) {
    const kind = faultKinds.find((candidate) => candidate.name === name)
    if (!kind) throw new Error(`there is no fault ${name}`)
    const random = world.random(`fault ${name}`)
    const strikeLater = () => {
      world.after(exponential(random, everyMs), () => {
        if (isHealed) return
        const strike = kind.strike(cluster, random)
        if (strike) begin(strike)
        strikeLater()
      })
    }
    strikeLater()
  }

  return {
    heal() {
      isHealed = true
      for (const strike of [...active]) end(strike)
      cluster.network.heal()
      recorder.add({ kind: 'fault', what: 'everything is healed' })
    },
  }

  function begin(strike: Strike) {
    active.add(strike)
    recorder.add({ kind: 'fault', what: `${strike.what}, for ${Math.round(strike.forMs)} ms` })
    world.after(strike.forMs, () => end(strike))
  }

  function end(strike: Strike) {
    if (!active.delete(strike)) return
    strike.end()
    recorder.add({ kind: 'fault', what: `over: ${strike.what}` })
  }
}
