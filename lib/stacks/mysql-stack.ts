import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { MysqlConfig } from '../config/environment';
import { DATABASES } from '../config/services';
import type { Windows } from '../config/windows';
import { Mysql } from '../constructs/mysql';
import { Rotation } from '../constructs/rotation';
import { tierKey } from '../constructs/tier-key';

export interface MysqlStackProps extends StackProps {
  readonly config: MysqlConfig;
  /** Identifier of the primary. */
  readonly identifier: string;
  readonly vpc: IVpc;
  readonly windows: Windows;
  readonly deletionProtection: boolean;
  readonly retainData: boolean;
  readonly retainLogs: boolean;
}

/** The database. Stateful: knows nothing of who uses it. */
export class MysqlStack extends Stack {
  readonly mysql: Mysql;

  constructor(scope: Construct, id: string, stackProps: MysqlStackProps) {
    const { config, identifier, vpc, windows, deletionProtection, retainData, retainLogs, ...props } = stackProps;
    super(scope, id, props);
    this.mysql = new Mysql(this, 'Mysql', {
      vpc,
      config,
      identifier,
      databases: DATABASES,
      windows,
      key: tierKey(this, `MySQL of ${identifier}`, retainData),
      deletionProtection,
      retainData,
      retainLogs,
    });
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
