/** The windows, UTC, in which AWS may disturb an environment, as its services write them. */
export interface Windows {
  /** Daily backup of MySQL: `17:00-18:00`. */
  readonly backup: string;
  /** Daily snapshot of Redis: `18:00-19:00`. */
  readonly snapshot: string;
  /**
   * AWS Backup begins: `cron(0 21 * * ? *)`. After the quiet hours, for RDS refuses it in the hour before its windows:
   * https://docs.aws.amazon.com/aws-backup/latest/devguide/working-with-supported-services.html
   */
  readonly copies: string;
  /** Weekly, after the backups, one is restored on trial: `cron(0 23 ? * SUN *)`. */
  readonly trial: string;
  /** Weekly maintenance: `sun:19:00-sun:20:00`. */
  readonly maintenance: string;
  /** Monthly rotation of passwords begins: `cron(0 20 1 * ? *)`. */
  readonly rotation: string;
  /** The daily drift check, after them: `cron(0 22 * * ? *)`. */
  readonly driftCheck: string;
}

const clock = (hour: number) => `${String(hour % 24).padStart(2, '0')}:00`;

const onSunday = (hour: number) => `${hour < 24 ? 'sun' : 'mon'}:${clock(hour)}`;

/** The windows of four quiet hours that begin at an hour of the day. None overlaps another, which RDS would refuse. */
export const windows = (quietHour: number): Windows => ({
  backup: `${clock(quietHour)}-${clock(quietHour + 1)}`,
  snapshot: `${clock(quietHour + 1)}-${clock(quietHour + 2)}`,
  copies: `cron(0 ${(quietHour + 4) % 24} * * ? *)`,
  trial: `cron(0 ${(quietHour + 6) % 24} ? * SUN *)`,
  maintenance: `${onSunday(quietHour + 2)}-${onSunday(quietHour + 3)}`,
  rotation: `cron(0 ${(quietHour + 3) % 24} 1 * ? *)`,
  driftCheck: `cron(0 ${(quietHour + 5) % 24} * * ? *)`,
});
