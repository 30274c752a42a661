import type { PortNeed } from './ports.ts'

export function writePortNeed({ name, port }: PortNeed): string {
  return port === undefined ? name : `${name}=${port}`
}

/** The variable in which a program finds the number. */
export function portVariable(name: string): string {
  return `QD_TASK_PORT_${name.toUpperCase().replaceAll('-', '_')}`
}
