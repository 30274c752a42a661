/** Every node belongs to one pool; a task that names none goes to this one. */
export const DEFAULT_POOL = 'default'
/** A task that names this pool may go to any. */
export const ANY_POOL = 'any'
