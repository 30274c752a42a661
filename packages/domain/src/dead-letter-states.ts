/** How a task ends that did not do what it was for, and that nobody asked to end. */
export const deadLetterStates = ['dead', 'failed', 'timed-out', 'lost-unknown'] as const
