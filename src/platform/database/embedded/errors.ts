/** The embedded PostgreSQL cannot run here, or did not start; `message` says why. */
export class EmbeddedPostgresError extends Error {
  override readonly name: string = 'EmbeddedPostgresError';
}

/** Another live server holds this data directory; nothing was touched. */
export class DataDirInUseError extends EmbeddedPostgresError {
  override readonly name: string = 'DataDirInUseError';

  constructor(
    readonly dataDir: string,
    readonly holderPid: number,
    advice = 'Stop that server first, or give this one a DATA_DIR of its own.',
  ) {
    super(`DATA_DIR ${dataDir} is in use by process ${holderPid}. ${advice}`);
  }
}

/** The cluster on disk was made by another major version of PostgreSQL; nothing was touched. */
export class IncompatibleClusterError extends EmbeddedPostgresError {
  override readonly name: string = 'IncompatibleClusterError';

  constructor(
    readonly clusterDir: string,
    readonly foundMajor: string,
    readonly shippedMajor: string,
  ) {
    super(
      `The database in ${clusterDir} was made by PostgreSQL ${foundMajor}, this build ships ` +
        `PostgreSQL ${shippedMajor}. Start the previous build, or move the data: dump it with a ` +
        `PostgreSQL ${foundMajor} server, start this build on an empty DATA_DIR and restore.`,
    );
  }
}
