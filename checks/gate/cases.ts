type Json = ReturnType<typeof JSON.parse>;
type Resources = Record<string, Json>;

/** A change of production's templates, and what the gate makes of it. */
export interface Case {
  readonly title: string;
  /** By the name of the stack. */
  readonly changes: Readonly<Record<string, (resources: Resources) => void>>;
  /** Of the commit. */
  readonly message: string;
  readonly status: 0 | 1;
  readonly says: RegExp;
}

const of = (resources: Resources, type: string): Json => Object.values(resources).find(({ Type }) => Type === type);

const idOf = (resources: Resources, type: string): string =>
  Object.keys(resources).find((id) => resources[id].Type === type)!;

const otherName = {
  'platform-prod-mysql': (resources: Resources) => {
    of(resources, 'AWS::RDS::DBInstance').Properties.DBName = 'another';
  },
};

export const CASES: readonly Case[] = [
  { title: 'nothing changes', changes: {}, message: '', status: 0, says: /The review is in s3:/ },
  {
    title: 'a change in place passes',
    changes: {
      'platform-prod-mysql': (resources) => {
        of(resources, 'AWS::RDS::DBInstance').Properties.CopyTagsToSnapshot = false;
      },
    },
    message: '',
    status: 0,
    says: /change set of platform-prod-mysql/,
  },
  {
    title: 'a database that would be replaced is named',
    changes: otherName,
    message: 'Another name',
    status: 1,
    says: /prod\/Mysql\/Mysql\/Primary \(AWS::RDS::DBInstance\) is replaced.* Allow-Replacement: prod\/Mysql\/Mysql\/Primary/,
  },
  {
    title: 'it passes when the commit names it',
    changes: otherName,
    // The replicas follow: CloudFormation says that they may be replaced, too.
    message: `Another name\n\n${['Primary', 'Replica1', 'Replica2'].map((name) => `Allow-Replacement: prod/Mysql/Mysql/${name}`).join('\n')}`,
    status: 0,
    says: /The review is in s3:/,
  },
  {
    title: 'a repository that is removed is named',
    changes: {
      'platform-prod-images': (resources) => {
        delete resources[idOf(resources, 'AWS::ECR::Repository')];
      },
    },
    message: 'Allow-Replacement: prod/Mysql/Mysql/Primary',
    status: 1,
    says: /prod\/Images\/\S+ \(AWS::ECR::Repository\) leaves its stack/,
  },
];
