export * from './contract.ts'
export { type ControlPlaneInput, createControlPlane, type RunningControlPlane } from './create-control-plane.ts'
export { type Crypto, HasherBusy, type PasswordHasher } from './crypto.ts'
export type { PeerLogs } from './tasks/task-logs.ts'
