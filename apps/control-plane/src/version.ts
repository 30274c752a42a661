/** Said to agents, peers and pages. One number for the whole repository. */
export const version = '0.1.0'
