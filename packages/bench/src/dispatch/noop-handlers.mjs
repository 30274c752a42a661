/** The handler of the dispatch bench: nothing, so that what is measured is everything around it. */
export const handlers = { noop: () => null }
