import type { Driver } from '../driver.ts'
import { type ExecDriverParts, execDriver } from './exec/exec-driver.ts'
import { type HandlerDriver, type HandlerDriverParts, handlerDriver } from './handler/handler-driver.ts'

export type Drivers = { readonly all: readonly Driver[]; readonly handler: HandlerDriver | null }

/** Every way in which this agent runs tasks. A new driver is one folder here and one line below. */
export function createDrivers(parts: {
  readonly exec: ExecDriverParts
  readonly handler: HandlerDriverParts | null
}): Drivers {
  const handler = parts.handler && handlerDriver(parts.handler)
  return { all: [execDriver(parts.exec), ...(handler ? [handler] : [])], handler }
}
