import { join } from 'node:path';
import { replaceIn } from '../rehearsed-copy';
import type { Execution } from './execution';

/** How an execution goes on from where it waits. */
export interface Scenario {
  readonly title: string;
  /** Where it goes on: before the approval, before the review, or at the source, as a new execution. */
  readonly from: 'approval' | 'review' | 'source';
  /** Lines that the message of the commit has besides, from what a run of the same commit printed. */
  readonly message?: (printed: string) => string;
  /** A change of the assembly between the review and the release: the file, and the text that is added to it. */
  readonly alters?: readonly [file: string, text: string];
  readonly approves: boolean;
  readonly status: Execution['status'];
  /** The last action that runs, and what it says. */
  readonly last: string;
  readonly says?: RegExp;
  /** The stacks that change, and `S3` for objects, after the approval. */
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
        title: 'is approved: it passes, and publishes what is not there yet',
        from: 'approval',
        approves: true,
        status: 'Succeeded',
        last: 'Verify',
        changes: ['S3'],
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
