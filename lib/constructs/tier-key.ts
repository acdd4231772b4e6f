import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { removalPolicy } from './removal-policy';

/** The key of a data tier: opens what it holds, its snapshots and its secrets. Kept as long as the data. */
export const tierKey = (scope: Construct, id: string, description: string, retainData: boolean): Key =>
  new Key(scope, id, { description, enableKeyRotation: true, removalPolicy: removalPolicy(retainData) });
