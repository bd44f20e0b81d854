/** A server's programs, and how it comes by pgvector. */
export interface FoundPostgres {
  readonly bin: string;
  readonly major: string;
  readonly vector: 'installed' | 'built' | undefined;
}

/** A server that is running. */
export interface RunningPostgres {
  /** Folder of the Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly major: string;
  stop(): Promise<void>;
}

export declare function findPostgres(options?: {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cache?: string;
}): FoundPostgres | undefined;
export declare function ensurePostgres(): Promise<FoundPostgres | undefined>;
export declare function startPostgres(): Promise<RunningPostgres | undefined>;
