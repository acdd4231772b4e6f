import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { InlineResource } from './inline-resource';

/** Where the page is, in the bucket and below the names of the site. */
export const ERROR_PAGE = 'assets/error-pages/unavailable.html';

export interface ErrorPageProps {
  /** Bucket of the assets. */
  readonly bucket: IBucket;
  readonly logRetentionDays: RetentionDays;
}

/** The page that people see while the web application does not answer. */
export class ErrorPage extends InlineResource {
  constructor(scope: Construct, id: string, { bucket, logRetentionDays }: ErrorPageProps) {
    super(scope, id, {
      description: 'Writes the error page to the bucket that CloudFront reads',
      file: 'error-page.py',
      resourceType: 'Custom::ErrorPage',
      properties: {
        Name: ERROR_PAGE,
        Bucket: bucket.bucketName,
        Page: readFileSync(join(__dirname, 'error-page.html'), 'utf8'),
      },
      allowed: { actions: ['s3:PutObject'], resource: bucket.arnForObjects(ERROR_PAGE) },
      logRetentionDays,
    });
  }
}
