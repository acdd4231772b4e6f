import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Changes with a value, of which some is known after deployment only. */
export const checksum = (scope: Construct, value: object): string =>
  createHash('sha256')
    .update(JSON.stringify(Stack.of(scope).resolve(value)))
    .digest('hex')
    .slice(0, 16);
