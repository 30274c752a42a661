'use client'

import type { ControllerView, NodeRow, Operation, ScheduleRow, ServiceRow, TaskRow } from '@quarterdeck/domain'
import { useCallback, useSyncExternalStore } from 'react'
import type { Collection } from './cluster-store.ts'
import { isLastKnown } from './freshness.ts'
import type { LoadReading } from './load-columns.ts'
import { connection, store } from './page.ts'

/** Reads one slice of the live store; the component renders again only when `key` was touched and the slice is another value. */
function useSlice<Slice>(key: string, read: () => Slice): Slice {
  const subscribe = useCallback((listener: () => void) => store.subscribe(key, listener), [key])
  return useSyncExternalStore(subscribe, read, read)
}

export function useNode(id: string): NodeRow | undefined {
  return useSlice(`node:${id}`, () => store.nodes.get(id))
}

export function useTask(id: string): TaskRow | undefined {
  return useSlice(`task:${id}`, () => store.tasks.get(id))
}

export function useController(id: string): ControllerView | undefined {
  return useSlice(`controller:${id}`, () => store.controllers.get(id))
}

export function useOperation(id: string): Operation | undefined {
  return useSlice(`operation:${id}`, () => store.operations.get(id))
}

export function useSchedule(id: string): ScheduleRow | undefined {
  return useSlice(`schedule:${id}`, () => store.schedules.get(id))
}

export function useService(id: string): ServiceRow | undefined {
  return useSlice(`service:${id}`, () => store.services.get(id))
}

/** Grows with every change of the collection: read the store in a memo that depends on it. */
export function useVersion(collection: Collection): number {
  return useSlice(collection, () => store.version(collection))
}

/** A node's measured load, renewed with each load frame. Null: not measured by anybody. */
export function useLoad(slot: number | undefined): LoadReading | null {
  useVersion('load')
  return slot === undefined ? null : store.load.read(slot)
}

export function useFreshness() {
  return useSyncExternalStore(connection.subscribe, connection.freshness, connection.freshness)
}

/** True while every status on the page is only the last known one. */
export function useIsLastKnown(): boolean {
  return isLastKnown(useFreshness().state)
}

/** False until a whole snapshot was taken: before it an empty list means "not known yet", never "none". */
export function useIsComplete(): boolean {
  return useSlice('snapshot', () => store.complete)
}
