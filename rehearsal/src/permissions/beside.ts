/** Where `PREFIX` stands for what the names of an environment begin with. */
type Names = readonly string[];

/** Objects of actions beside the resources of templates: resource types of IAM, and the names of theirs. */
export const BESIDE: Readonly<Record<string, Names>> = {
  // The nested stacks that the transform of Secrets Manager brings.
  'cloudformation:stack': ['PREFIX*'],
  // Connections are made by hand.
  'codeconnections:Connection': ['*'],
  // Node groups start instances from their launch templates, and EKS asks whether its caller may.
  'ec2:image': ['*'],
  'ec2:instance': ['*'],
  'ec2:key-pair': ['*'],
  'ec2:network-interface': ['*'],
  'ec2:volume': ['*'],
  // Rules on an event bus have its name before their own.
  'events:rule-on-custom-event-bus': ['PREFIX*'],
  // The nodes and snapshots of a replication group have its name; it may have AWS's own parameters.
  'elasticache:cluster': ['PREFIX*'],
  'elasticache:parametergroup': ['default*'],
  'elasticache:snapshot': ['PREFIX*'],
  // Linked to services, and made for them.
  'iam:role': ['aws-service-role/*'],
  // RDS names the replicated backups of an instance itself, in their region.
  'rds:auto-backup': ['*'],
  // An instance may have AWS's own option and parameter groups; it leaves a snapshot.
  'rds:og': ['default*'],
  'rds:pg': ['default*'],
  'rds:snapshot': ['PREFIX*'],
  'route53:change': ['*'],
  's3:object': ['PREFIX*/*'],
  // The version of the bootstrap stack.
  'ssm:parameter': ['cdk-bootstrap/*'],
  // The rule groups that AWS manages.
  'wafv2:managedruleset': ['*'],
};
