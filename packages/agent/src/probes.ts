import type { LoadSample } from '@quarterdeck/domain'

/** Measures the machine. Synchronous and quick: it is asked once per beat. */
export type Probes = {
  sample(): Omit<LoadSample, 'tasksRunning'>
}
