const collator = new Intl.Collator('en', { numeric: true })

/** The order of names as people write them: `web-2` before `web-10`. One collator for all: `localeCompare` makes a new one for each pair. */
export const compareText: (left: string, right: string) => number = collator.compare
