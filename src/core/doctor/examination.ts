import type { ResolvedToken } from '../openclaw/token.ts';
import type { Sighting } from './detect.ts';
import type { Answers, Reached } from './look/answers.ts';
import type { DatabaseSeen } from './look/database.ts';
import type { OtherHome } from './look/homes.ts';
import type { Installation } from './look/installation.ts';
import type { LogSeen } from './look/log.ts';
import type { ServiceSeen } from './look/service.ts';
import type { Sockets } from './look/sockets.ts';
import type { StorageSeen } from './look/storage.ts';
import type { Platform, ProbeAdvice } from './platform.ts';

/** Everything that was seen, before anything is concluded: judges get this and nothing else. Holds secrets: never print it. */
export interface Examination {
  readonly installation: Installation;
  /** The environment of the Gateway, or what stands for it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: Platform;
  readonly sightings: readonly Sighting[];
  /** What the platform, or its manifest where that shows, takes for healthy. */
  readonly probe: Omit<ProbeAdvice, 'lengthen'>;
  readonly token: ResolvedToken;
  readonly storage: StorageSeen;
  readonly homes: readonly OtherHome[];
  /** When the control database was last written. Milliseconds since 1970. */
  readonly writtenAt: number | null;
  readonly database: DatabaseSeen;
  readonly service: ServiceSeen | null;
  readonly log: LogSeen | null;
  readonly port: ExpectedPort;
  readonly sockets: Sockets;
  /** Who holds the port, if it is not the Gateway: `python3 (process 22)`; null if nobody does. */
  readonly portHolder: string | null;
  readonly reached: Reached;
  /** Null if nothing could be asked. */
  readonly answers: Answers | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The port on which the Gateway should be, and what says so. */
export interface ExpectedPort {
  readonly port: number;
  readonly found: string;
  /** The port that the platform probes, if it tells the Gateway so in `PORT`. */
  readonly platform: number | null;
}
