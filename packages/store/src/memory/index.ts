export { applyCommit } from './commit.ts'
export { type Gate, type MemoryStoreOptions, memoryStore, openMemoryStore } from './open-memory-store.ts'
export { beginHistory, createMemoryServer, type MemoryServer } from './server.ts'
export { cloneState, emptyState, type MemoryLease, type MemoryStoreState } from './state.ts'
