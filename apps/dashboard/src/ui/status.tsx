'use client'

import type { NodeRow, PrimaryStatus, TaskState } from '@quarterdeck/domain'
import { formatAge } from '../format/duration.ts'
import { store } from '../live/page.ts'
import { useIsLastKnown } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { cx } from './class-names.ts'
import { StatusGlyph, TaskGlyph } from './glyph.tsx'
import { statusTone, taskTone, toneText } from './tone.ts'
import { Tooltip } from './tooltip.tsx'

export const statusWords: Record<PrimaryStatus, string> = {
  ready: 'Ready',
  joining: 'Joining',
  draining: 'Draining',
  drained: 'Drained',
  cordoned: 'Cordoned',
  suspect: 'Suspect',
  down: 'Down',
  unknown: 'Unknown',
  left: 'Left',
}

export function taskStateWord(state: TaskState): string {
  return state.charAt(0).toUpperCase() + state.slice(1).replace('-', ' ')
}

/** The one status of a node: shape, word, and on hover what it means and since when. */
export function NodeStatus({ node }: { readonly node: NodeRow }) {
  const isLastKnown = useIsLastKnown()
  const nowMs = useNow()
  return (
    <Tooltip text={nowMs === 0 ? '' : statusSentence(node, nowMs)}>
      <span
        className={cx(
          'inline-flex items-center gap-1.5 align-middle',
          isLastKnown ? 'text-muted' : toneText[statusTone[node.status]],
        )}
      >
        <StatusGlyph status={node.status} />
        <span className="font-medium">{statusWords[node.status]}</span>
        {isLastKnown && <span className="text-micro">last known</span>}
      </span>
    </Tooltip>
  )
}

export function TaskStatus({ state }: { readonly state: TaskState }) {
  const isLastKnown = useIsLastKnown()
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1.5 align-middle',
        isLastKnown ? 'text-muted' : toneText[taskTone[state]],
      )}
    >
      <TaskGlyph state={state} />
      <span className="font-medium">{taskStateWord(state)}</span>
      {isLastKnown && <span className="text-micro">last known</span>}
    </span>
  )
}

/** What a status means for this node, in one sentence from its own facts. */
export function statusSentence(node: NodeRow, nowMs: number): string {
  const since = (atMs: number) => formatAge(nowMs - atMs)
  const evidence = node.evidence[0]?.because
  const remark = node.remark ? ` By ${node.remark.by}${node.remark.reason ? `: ${node.remark.reason}` : ''}.` : ''
  switch (node.status) {
    case 'ready': {
      const beatAtMs = store.load.read(node.slot)?.beatAtMs
      return `Healthy and taking work.${beatAtMs ? ` Last heartbeat ${since(beatAtMs)} ago.` : ''}`
    }
    case 'joining':
      return `Registered ${since(node.healthSinceMs)} ago, first health report pending.`
    case 'draining':
      return `Giving its work away: ${node.tasksPlaced} left.${remark}`
    case 'drained':
      return `Empty. Safe to stop the machine.${remark}`
    case 'cordoned':
      return `Keeps its work, takes nothing new.${remark}`
    case 'suspect': {
      const left =
        node.downAtMs === null
          ? ''
          : ` Declared down in ${formatAge(Math.max(0, node.downAtMs - nowMs))} unless it returns.`
      return `${evidence ?? `Silent for ${since(node.healthSinceMs)}`}.${left}`
    }
    case 'down':
      return `Down for ${since(node.healthSinceMs)}.${evidence ? ` ${evidence}.` : ''}`
    case 'unknown':
      return `Nobody can vouch for this node. Last known: ${node.health}, ${since(node.healthSinceMs)} ago.`
    case 'left':
      return `Said goodbye ${since(node.healthSinceMs)} ago.`
  }
}
