import {
  type ActPlan,
  type ControllerId,
  formatBytes,
  formatCpu,
  lossCountsInWords,
  type NodeId,
  type PlannedAct,
  type PlannedLoss,
  type Room,
  type UnixMs,
} from '@quarterdeck/domain'

export type ActQuestion = {
  readonly act: PlannedAct
  readonly nodeIds: readonly NodeId[]
  readonly room: { readonly before: Room; readonly after: Room }
  /** What the loss of these nodes would do to their tasks. */
  readonly loss: PlannedLoss
  readonly controllers: readonly {
    readonly id: ControllerId
    readonly nodeId: NodeId | null
    readonly leads: boolean
  }[]
  readonly nowMs: UnixMs
}

type Sentence = ActPlan['sentences'][number]

/** A plan before it is kept under an id. */
export type PlannedEffect = Omit<ActPlan, 'v' | 'id' | 'by'>

/** What cordon, remove, promote or demote would do to these nodes, in numbers and in sentences. */
export function planAct(question: ActQuestion): PlannedEffect {
  const { act, nodeIds, nowMs, room, loss } = question
  const shape: PlannedEffect = {
    act,
    nodeIds: [...nodeIds],
    computedAtMs: nowMs,
    sentences: [],
    room: null,
    controllers: null,
    handover: null,
    moves: [],
    busiest: null,
  }
  switch (act) {
    case 'cordon':
      return { ...shape, room, sentences: worstFirst([...roomSentences(room), ...keptSentences(loss)]) }
    case 'remove': {
      const effect = effectOnControllers(question, remaining(question).length)
      const isHosting = effect.controllers.after < effect.controllers.before
      const sentences = [...roomSentences(room), ...lostSentences(loss), ...(isHosting ? effect.sentences : [])]
      return {
        ...shape,
        room,
        ...(isHosting ? { controllers: effect.controllers, handover: effect.handover } : {}),
        moves: [...loss.moves],
        busiest: loss.busiest,
        sentences: worstFirst(sentences),
      }
    }
    case 'promote':
    case 'demote': {
      const after = act === 'promote' ? question.controllers.length + nodeIds.length : remaining(question).length
      const { sentences, ...effect } = effectOnControllers(question, after)
      return { ...shape, ...effect, sentences: worstFirst(sentences) }
    }
    default:
      return act satisfies never
  }
}

function remaining({ controllers, nodeIds }: ActQuestion) {
  return controllers.filter(({ nodeId }) => nodeId === null || !nodeIds.includes(nodeId))
}

function roomSentences({ before, after }: ActQuestion['room']): Sentence[] {
  if (after.nodes === 0) return [warn('No node would take new work: every new task waits.')]
  if (after.nodes === before.nodes) return [info(`Capacity stays as it is: ${roomInWords(after)}.`)]
  const shrinks: Sentence[] = []
  if (after.memoryBytesLargest < before.memoryBytesLargest || after.cpuMillisLargest < before.cpuMillisLargest) {
    const largest = `${formatCpu(after.cpuMillisLargest)} CPU or ${formatBytes(after.memoryBytesLargest)}`
    shrinks.push(
      warn(
        `The largest task that still finds a node would shrink to ${largest} (now ${formatCpu(before.cpuMillisLargest)} CPU or ${formatBytes(before.memoryBytesLargest)}).`,
      ),
    )
  }
  return [...shrinks, info(`Left for new work: ${roomInWords(after)} (now ${roomInWords(before)}).`)]
}

function roomInWords({ nodes, cpuMillisFree, memoryBytesFree, taskSlotsFree }: Room): string {
  return `${count(nodes, 'node')} with ${formatCpu(cpuMillisFree)} CPU, ${formatBytes(memoryBytesFree)} and ${count(taskSlotsFree, 'task slot')} free`
}

function keptSentences({ moves, counts }: PlannedLoss): Sentence[] {
  if (moves.length === 0) return [info('No task runs there.')]
  const kept = info(`${count(moves.length, 'task')} keep${moves.length === 1 ? 's' : ''} running there.`)
  const stuck = counts.nowhere
  return stuck === 0
    ? [kept]
    : [warn(`${stuck} of ${count(moves.length, 'task')} there could begin again nowhere else, should it fail.`), kept]
}

function lostSentences(loss: PlannedLoss): Sentence[] {
  const { moves, warnings } = loss
  if (moves.length === 0) return [info('It holds no task.')]
  return [
    ...warnings.map(warn),
    warn(
      `${count(moves.length, 'task')} placed there ${moves.length === 1 ? 'is' : 'are'} lost: ${lossCountsInWords(loss)}.`,
    ),
  ]
}

type EffectOnControllers = Pick<PlannedEffect, 'handover'> & {
  readonly controllers: NonNullable<PlannedEffect['controllers']>
  readonly sentences: readonly Sentence[]
}

function effectOnControllers(question: ActQuestion, after: number): EffectOnControllers {
  const { controllers } = question
  const left = remaining(question)
  const leader = controllers.find(({ leads }) => leads)
  const handover =
    leader && after < controllers.length && !left.includes(leader) ? { from: leader.id, to: left[0]?.id ?? null } : null
  const moves = handover ? [warn(`${handover.from} leads: leadership goes to ${handover.to ?? 'nobody'} first.`)] : []
  const tolerance =
    after === 0
      ? warn('No controller would be left: nobody would lead.')
      : after === 1
        ? warn('One controller: there is no failover. None can be lost.')
        : info(`${count(after, 'controller')}: ${after - 1} of them can be lost, as long as the store lives.`)
  return {
    controllers: { before: controllers.length, after },
    handover,
    sentences: [
      ...moves,
      tolerance,
      info(`Now: ${count(controllers.length, 'controller')}. Running tasks keep running.`),
    ],
  }
}

function worstFirst(sentences: readonly Sentence[]): Sentence[] {
  return [...sentences].sort((left, right) => Number(left.tone === 'info') - Number(right.tone === 'info'))
}

function warn(text: string): Sentence {
  return { tone: 'warn', text }
}

function info(text: string): Sentence {
  return { tone: 'info', text }
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}
