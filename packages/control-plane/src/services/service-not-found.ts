import { clusterError } from '@quarterdeck/domain'

export function serviceNotFound(id: string) {
  return clusterError('service_not_found', `There is no service ${id}.`, { remedy: 'See qd service ls.' })
}
