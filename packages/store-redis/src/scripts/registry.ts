import type { Script } from '../define-script.ts'
import { acquireLeaseScript } from './acquire-lease.ts'
import { commitScript, essentialCommitScript } from './commit.ts'
import { helloScript } from './hello.ts'
import { readFeedScript } from './read-feed.ts'
import { readHeadScript } from './read-head.ts'
import { readLeaseScript } from './read-lease.ts'
import { recordBeatsScript } from './record-beats.ts'
import { releaseLeaseScript } from './release-lease.ts'
import { renewLeaseScript } from './renew-lease.ts'
import { transferLeaseScript } from './transfer-lease.ts'
import { trimFeedScript } from './trim-feed.ts'

/** Every script. A Lua file that is missing here fails script-headers.test.ts. */
export const scripts: readonly Script<unknown>[] = [
  helloScript,
  commitScript,
  essentialCommitScript,
  readFeedScript,
  readHeadScript,
  trimFeedScript,
  recordBeatsScript,
  readLeaseScript,
  acquireLeaseScript,
  renewLeaseScript,
  transferLeaseScript,
  releaseLeaseScript,
]
