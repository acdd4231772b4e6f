/** A property that drift detection of CloudFormation finds changed, though no person has changed it. */
export interface OwnedProperty {
  /** The one that changes it, in words. */
  readonly owner: string;
  /** The documentation that says so. */
  readonly source: string;
  readonly type: string;
  /** Its path, as drift detection tells it. Python reads the pattern too. */
  readonly path: RegExp;
  /** @default - every difference */
  readonly difference?: 'ADD';
}

/** All of them: `npm run drift` leaves them out, and the daily check. */
export const OWNED_PROPERTIES: readonly OwnedProperty[] = [
  {
    owner: 'the cluster autoscaler',
    source: 'https://docs.aws.amazon.com/eks/latest/best-practices/cas.html',
    type: 'AWS::EKS::Nodegroup',
    path: /^\/ScalingConfig\/DesiredSize$/,
  },
  {
    owner: 'the storage autoscaling of RDS, up to MaxAllocatedStorage',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html',
    type: 'AWS::RDS::DBInstance',
    path: /^\/AllocatedStorage$/,
  },
  {
    owner:
      'rules that are resources of their own, which EC2 tells as rules of the group: another check compares all rules',
    source:
      'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html#drift-considerations',
    type: 'AWS::EC2::SecurityGroup',
    path: /^\/SecurityGroup(Ingress|Egress)\/\d+$/,
    difference: 'ADD',
  },
];
