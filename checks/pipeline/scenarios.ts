import { join } from 'node:path';
import { replaceIn } from '../rehearsed-copy';
import type { Execution } from './execution';
import type { TrialImages } from './images';

/** How an execution goes on from where it waits. */
export interface Scenario {
  readonly title: string;
  /** Where it goes on: before the approval, before the review, or at the source, as a new execution. */
  readonly from: 'approval' | 'review' | 'source';
  /** Lines that the message of the commit has besides, from what a run of the same commit printed. */
  readonly message?: (printed: string) => string;
  /** A change of the assembly between the review and the release: the file, and the text that is added to it. */
  readonly alters?: readonly [file: string, text: string];
  /** A change of images before it goes on; the function that it gives takes that back. */
  readonly plants?: (images: TrialImages) => Promise<() => Promise<unknown>>;
  readonly approves: boolean;
  readonly status: Execution['status'];
  /** The last action that runs, and what it says. */
  readonly last: string;
  readonly says?: RegExp;
  /** The stacks that change, `S3` for objects and `ECR` for images, after the approval. */
  readonly changes: readonly string[];
}

/** A commit, and what happens to it. */
export interface Pushed {
  readonly title: string;
  readonly edit: (folder: string) => void;
  /** Whether it waits for an approval, or where it fails and what that says. */
  readonly review: 'waits' | RegExp;
  readonly scenarios: readonly Scenario[];
}

/** As CodePipeline runs it: nothing fails, and nothing but these stages runs before an approval. */
export const BEFORE_APPROVAL = ['Source', 'Build'];

const mysql = (text: string, instead: string) => (folder: string) =>
  replaceIn(join(folder, 'lib', 'constructs', 'mysql.ts'), text, instead);

/** The lines of a message that the review asks for. */
const asked = (printed: string): string => (printed.match(/Allow-Replacement: \S+/g) ?? []).join('\n');

export const PUSHED: readonly Pushed[] = [
  {
    title: 'a commit that changes nothing',
    edit: () => {},
    review: 'waits',
    scenarios: [
      {
        title: 'is rejected: nothing runs any more',
        from: 'approval',
        approves: false,
        status: 'Failed',
        last: 'Approve-prod',
        changes: [],
      },
      {
        title: 'has another assembly than the reviewed one: Release refuses it',
        from: 'approval',
        alters: ['Pipeline.template.json', ' '],
        approves: true,
        status: 'Failed',
        last: 'Release',
        says: /The cloud assembly is \w{64}, the review is of \w{64}: start the pipeline again/,
        changes: [],
      },
      {
        title: 'names an image that staging does not have: Images stops it',
        from: 'approval',
        plants: ({ removeFromStaging }) => removeFromStaging(),
        approves: true,
        status: 'Failed',
        last: 'Images',
        says: /222222222222\S+\/platform\/frontend has no sha256:\w{64}, which lib\/config\/releases\/prod\.json says of 1\.0\.0\. It has no 1\.0\.0 either/,
        changes: ['ECR', 'S3'], // the other images, and what is published before
      },
      {
        title: 'names a tag that is another image in production: Images stops it',
        from: 'approval',
        plants: ({ pushOtherToProduction }) => pushOtherToProduction(),
        approves: true,
        status: 'Failed',
        last: 'Images',
        says: /333333333333\S+\/platform\/frontend:1\.0\.0 is sha256:\w{64}, but lib\/config\/releases\/prod\.json says sha256:\w{64}/,
        changes: [],
      },
      {
        title: 'names an image of others that nobody has copied: Images stops it',
        from: 'approval',
        plants: ({ removeOther }) => removeOther(),
        approves: true,
        status: 'Failed',
        last: 'Images',
        says: /platform\/grafana:\S+@sha256:\w{64} is not there\. Copy it with npm run --silent images -- prod/,
        changes: [], // the repository of the service that is copied now held another image before
      },
      {
        title: 'runs an image without a signature: Images stops it',
        from: 'approval',
        plants: ({ sign }) => sign(),
        approves: true,
        status: 'Failed',
        last: 'Images',
        says: /222222222222\S+\/platform\/api-gateway@sha256:\w{64} has no signature/,
        changes: [],
      },
      {
        title: 'runs an image that could not be signed: Images stops it',
        from: 'approval',
        plants: ({ sign }) => sign('FAILED'),
        approves: true,
        status: 'Failed',
        last: 'Images',
        says: /platform\/api-gateway@sha256:\w{64} could not be signed: the profile is revoked/,
        changes: [],
      },
      {
        title: 'is approved: it passes',
        from: 'approval',
        approves: true,
        status: 'Succeeded',
        last: 'Verify',
        changes: ['S3'], // the templates that CloudFormation reads
      },
    ],
  },
  {
    title: 'a commit that changes the pipeline, and the database in place',
    edit: (folder) => {
      replaceIn(join(folder, 'test', 'fixtures', 'prod.ts'), 'bakeMinutes: 15', 'bakeMinutes: 20');
      mysql('storageEncrypted: true,', 'storageEncrypted: true,\n      copyTagsToSnapshot: false,')(folder);
    },
    review: 'waits',
    scenarios: [
      {
        title: 'is approved: UpdatePipeline changes the pipeline, which ends the execution',
        from: 'approval',
        approves: true,
        status: 'Cancelled',
        last: 'SelfMutate',
        changes: ['S3', 'platform-prod-pipeline'],
      },
      {
        title: 'is started and approved again: the changed pipeline deploys the database',
        from: 'source',
        approves: true,
        status: 'Succeeded',
        last: 'Verify',
        changes: ['S3', 'platform-prod-mysql'],
      },
    ],
  },
  {
    title: 'a commit that replaces the database',
    edit: mysql('storageEncrypted: true,', "storageEncrypted: true,\n      databaseName: 'another',"),
    review: /prod\/Mysql\/Mysql\/Primary \(AWS::RDS::DBInstance\) is replaced/,
    scenarios: [
      {
        title: 'has the lines in its message that Review asks for: it waits for the approval',
        from: 'review',
        message: asked,
        approves: false,
        status: 'Failed',
        last: 'Approve-prod',
        changes: [],
      },
    ],
  },
];
