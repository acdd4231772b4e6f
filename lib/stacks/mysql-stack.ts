import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DATABASES } from '../config/services';
import { Mysql, type MysqlProps } from '../constructs/mysql';
import { Rotation } from '../constructs/rotation';
import { tierKey } from '../constructs/tier-key';

export interface MysqlStackProps extends StackProps, Omit<MysqlProps, 'databases' | 'key'> {}

/** The database. Stateful: knows nothing of who uses it. */
export class MysqlStack extends Stack {
  readonly mysql: Mysql;

  constructor(scope: Construct, id: string, stackProps: MysqlStackProps) {
    const { config, identifier, vpc, windows, retainData } = stackProps;
    super(scope, id, stackProps);
    const key = tierKey(this, `MySQL of ${identifier}`, retainData);
    this.mysql = new Mysql(this, 'Mysql', { ...stackProps, databases: DATABASES, key });
    new Rotation(this, 'MasterRotation', {
      secret: this.mysql.masterSecret,
      database: this.mysql,
      vpc,
      functionName: `${identifier}-rotate-master`,
      schedule: windows.rotation,
      logRetentionDays: config.logRetentionDays,
    });
  }
}
