import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { removal } from './removal';

/** The key of a data tier: opens what it holds, its snapshots and its secrets. Kept as long as the data. */
export const tierKey = (scope: Construct, description: string, retainData: boolean): Key =>
  new Key(scope, 'Key', { description, enableKeyRotation: true, removalPolicy: removal(retainData) });
