/** What happens when a run is due and one before it has not ended. `replace` starts once the old run is confirmed to be gone. */
export const overlapPolicies = ['skip', 'queue', 'replace', 'allow'] as const
export type OverlapPolicy = (typeof overlapPolicies)[number]
