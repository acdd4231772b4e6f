/** Tiers with copies of their own kind in the recovery region, each with objectives of its own (docs/recovery.md). */
export const COPIED_TIERS = ['mysql', 'uploads', 'redis', 'backups'] as const;
export type CopiedTier = (typeof COPIED_TIERS)[number];

const HOUR = 60;
const DAY = 24 * HOUR;

/** Types of resources that AWS Backup backs up, as it names them: the database, the uploads, and the cluster with its volumes. */
export const BACKED_UP_TYPES = ['RDS', 'S3', 'EKS'] as const;

/**
 * Days of the shortest backup that a locked vault takes. The least of AWS Backup's charge: `recovery.retentionDays` may then change, and the lock
 * need not, which it cannot.
 */
export const LOCKED_DAYS = 7;

/** Days of the longest backup that AWS Backup keeps. */
export const LONGEST_DAYS = 36_500;

/** Hours in which AWS Backup begins a daily job, and in which the job ends. Shorter ones let jobs of large volumes expire. */
export const BACKUP_WINDOW_HOURS = { start: 1, completion: 4 } as const;

/** Hours that a copy to the other region may take: an estimate, as AWS states none. */
const COPY_HOURS = 4;

/** Hours between the beginning of the snapshot window of Redis and the export of the snapshot: the window, and the hour in which the function runs. */
const EXPORT_AFTER_HOURS = 2;

/** Minutes in which S3 Replication Time Control replicates 99.9 % of the objects: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html */
const REPLICATION_MINUTES = 15;

/**
 * The oldest that the newest copy in the recovery region becomes while everything works, in minutes: what a loss of the home region
 * costs at most.
 */
export const REACHED_RPO: Readonly<Record<CopiedTier, { readonly minutes: number; readonly by: string }>> = {
  mysql: {
    // https://docs.aws.amazon.com/prescriptive-guidance/latest/dr-standard-edition-amazon-rds/rds-pitr-snapshot.html
    minutes: 30,
    by: 'RDS replicates the transaction logs of its automated backups: 5 to 30 minutes, as AWS states it',
  },
  uploads: {
    minutes: REPLICATION_MINUTES,
    by: 'S3 Replication Time Control replicates 99.9 % of the objects within 15 minutes',
  },
  redis: {
    minutes: DAY + EXPORT_AFTER_HOURS * HOUR + REPLICATION_MINUTES,
    by: 'a snapshot a day, within an hour its export, and the replication of the export',
  },
  backups: {
    minutes: DAY + (BACKUP_WINDOW_HOURS.start + BACKUP_WINDOW_HOURS.completion + COPY_HOURS) * HOUR,
    by: 'AWS Backup begins a daily job within an hour, ends it within four more, and copies it in about four',
  },
};

/** The namespace of the metrics on copies, and the metric: minutes since the newest copy of a tier, of which the dimension `Tier` tells. */
export const COPY_AGE = { namespace: 'Platform/Recovery', metricName: 'CopyAge', everyMinutes: 15 } as const;
