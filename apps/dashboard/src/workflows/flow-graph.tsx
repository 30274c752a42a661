'use client'

import { useMemo } from 'react'
import { cx } from '../ui/class-names.ts'
import { TaskGlyph } from '../ui/glyph.tsx'
import { ScrollArea } from '../ui/scroll-area.tsx'
import { TaskLink } from '../ui/text-link.tsx'
import { useIsPhone } from '../ui/use-media.ts'
import { BOX, layOut } from './flow-layout.ts'
import { type FlowStep, stepShape, stepTone, stepWord } from './workflow-words.ts'

/** Steps as boxes, what comes after what as lines; of a run also where each step is. Its table says the same in words. */
export function FlowGraph({ steps, label }: { readonly steps: readonly FlowStep[]; readonly label: string }) {
  const isPhone = useIsPhone()
  const layout = useMemo(() => layOut(steps, isPhone), [steps, isPhone])
  const stateOf = (name: string) => steps.find((step) => step.name === name)?.state
  return (
    <ScrollArea label={label} className="p-1">
      <div className="relative mx-auto" style={{ width: layout.width, height: layout.height }}>
        <svg aria-hidden="true" width={layout.width} height={layout.height} className="absolute inset-0">
          {layout.lines.map(({ from, to, path }) => (
            <path
              key={`${from} ${to}`}
              d={path}
              fill="none"
              strokeWidth="1.5"
              stroke="currentColor"
              // Solid where the way was taken.
              strokeDasharray={stateOf(from) === 'succeeded' || stateOf(from) === undefined ? undefined : '4 4'}
              className={stateOf(from) === 'succeeded' ? 'text-ready' : 'text-control'}
            />
          ))}
        </svg>
        {layout.boxes.map(({ name, x, y }, index) => {
          const step = steps[index]
          return step && <FlowBox key={name} step={step} x={x} y={y} />
        })}
      </div>
    </ScrollArea>
  )
}

function FlowBox({ step, x, y }: { readonly step: FlowStep; readonly x: number; readonly y: number }) {
  const { name, state, taskId, undo, runsWhat } = step
  return (
    <div
      className={cx(
        'absolute flex flex-col justify-center overflow-hidden rounded-card border bg-surface px-2.5 leading-tight',
        state === 'failed' ? 'border-bad' : state === 'running' ? 'border-info' : 'border-control',
        (state === 'skipped' || state === 'cancelled') && 'border-dashed',
      )}
      style={{ left: x, top: y, width: BOX.width, height: BOX.height }}
    >
      <span className="truncate font-medium">{taskId ? <TaskLink id={taskId}>{name}</TaskLink> : name}</span>
      {state ? (
        <span className={cx('flex items-center gap-1.5 truncate text-compact', undo ? 'text-warn' : stepTone[state])}>
          <TaskGlyph state={stepShape[state]} />
          {stepWord({ state, undo: undo ?? null })}
        </span>
      ) : (
        <span className="truncate text-compact text-muted">{runsWhat}</span>
      )}
    </div>
  )
}
