/** A mistake that somebody could make, and what the rehearsal then says. */
export interface Fault {
  readonly title: string;
  readonly file: string;
  /** Text of the file, which the mistake replaces. */
  readonly right: string;
  readonly wrong: string;
  /** Names the culprit. */
  readonly message: RegExp;
  /** Order of the resources that nothing orders; one in which a missing edge shows. @default 1 */
  readonly seed?: number;
  /** Environment that is rehearsed. @default dev */
  readonly environment?: string;
}

export const FAULTS: readonly Fault[] = [
  {
    title: 'a misspelt field',
    file: 'lib/kubernetes/service.ts',
    right: 'readinessProbe: probe(',
    wrong: 'readynessProbe: probe(',
    message: /Deploymentplatform\w+.*unknown field "spec\.template\.spec\.containers\[0\]\.readynessProbe"/,
  },
  {
    title: 'a permission that CloudFormation lacks',
    file: 'rehearsal/src/permissions/statements.ts',
    right: 'if (!on || ',
    wrong: "if (!on || action === 'rds:CreateDBInstance' || ",
    message: /the execution policy lacks rds:CreateDBInstance for AWS::RDS::DBInstance MysqlPrimary\w+/,
  },
  {
    title: 'a pod that fits no node',
    file: 'lib/kubernetes/service.ts',
    right: '      ...pod.spec,\n',
    wrong: "      ...pod.spec,\n      nodeSelector: { 'node-type': 'gpu' },\n",
    message: /the Job platform-\w+\/[\w-]+-switch-\w+ waits until its deadline.*node\(s\) didn't (match|satisfy)/,
  },
  {
    title: 'a ConfigMap that does not exist',
    file: 'lib/kubernetes/service-pod.ts',
    right: '...secrets.env],',
    wrong: "...secrets.env, { name: 'X', valueFrom: { configMapKeyRef: { name: 'absent', key: 'x' } } }],",
    message:
      /Deployment platform-core\/api-gateway-blue refers to the ConfigMap "absent", key "x", which does not exist/,
  },
  {
    title: 'a secret in a manifest',
    file: 'lib/stacks/workloads-stack.ts',
    right: 'mysqlReaders: mysql.readerHosts,',
    wrong: "mysqlReaders: [mysql.masterSecret.secretValueFromJson('password').unsafeUnwrap()],",
    message:
      /the resource Clustermanifest\w+ of the stack platform-dev-workloads passes on a value that CloudFormation resolves/,
  },
  {
    title: 'a value that nobody has put in',
    file: 'lib/stacks/secrets-stack.ts',
    right: 'new CfnOutput(this, `${id}ToProvide`, {', // which the rehearsal follows
    wrong: 'new CfnOutput(this, `${id}Asked`, {',
    environment: 'staging',
    message: /The secret platform\/staging\/sentry-dsn has no value\. Enter it, then deploy again: aws secretsmanager/,
  },
  {
    title: 'a secret that a pod may not read',
    file: 'lib/stacks/workloads-stack.ts',
    right: 'identity.mayRead(secrets);',
    wrong: 'identity.mayRead(secrets.slice(0, 1));',
    message:
      /Deployment platform-core\/api-gateway-blue cannot mount the SecretProviderClass "api-gateway": .*GetSecretValue/,
  },
  {
    title: 'a password that is rotated before its user is there',
    file: 'lib/constructs/rotation.ts',
    right: 'rotateImmediatelyOnUpdate: false,',
    wrong: '',
    message: /Rotation\w+Schedule\w+\) The user core of the secret \S+ does not exist yet, so the first rotation fails/,
  },
  {
    title: 'an object that does not wait for its namespace',
    file: 'lib/constructs/apply-manifests.ts',
    right: 'manifest.node.addDependency(parent);',
    wrong: 'void parent;',
    message: /namespaces "platform-\w+" not found: order Clustermanifest\w+ after Clustermanifest\w+/,
  },
  {
    title: 'nodes that do not wait for their network',
    file: 'lib/stacks/cluster-stack.ts',
    right: 'nodes.node.addDependency(beforeNodes);',
    wrong: '',
    message: /Nodes\w+Nodes\w+.*NodeCreationFailure.*after the add-on/,
  },
  {
    title: 'an add-on that tolerates no node group',
    file: 'lib/constructs/addons.ts',
    right: "resources: resourcesOf('coredns'),\n      ...placement('application'),",
    wrong: "resources: resourcesOf('coredns'),",
    message: /coredns.*Add-on coredns is degraded.*untolerated taint/,
  },
  {
    title: 'a part of an add-on that does not get the tolerations of the whole',
    file: 'lib/constructs/addons.ts',
    right: "        ...placement('application'), // its tolerations are its own",
    wrong: '        //',
    message:
      /Add-on amazon-cloudwatch-observability is degraded .* amazon-cloudwatch-observability-controller-manager .*taint/,
  },
  {
    title: 'an agent that does not run on every node',
    file: 'lib/constructs/addons.ts',
    right: '      tolerations: EVERY_NODE,\n      priorityClassName: NODE_CRITICAL,\n',
    wrong: '      priorityClassName: NODE_CRITICAL,\n',
    message: /aws-?secrets-?store.*DaemonSet aws-secrets-store-csi-driver-provider runs on 0 of 4 nodes/,
  },
  {
    title: 'a misspelt value of a chart',
    file: 'lib/constructs/load-balancer-controller.ts',
    right: 'keepTLSSecret: true,',
    wrong: 'keepTlsSecret: true,',
    message: /Chart aws-load-balancer-controller does not take these values: .*keepTlsSecret/,
  },
  {
    title: 'a Service that selects no pod',
    file: 'lib/kubernetes/objects/service.ts',
    right: '    selector: { ...appLabel(app), ...labels },',
    wrong: "    selector: { app: name === 'api-gateway' ? 'gateway' : app },",
    message: /Service platform-core\/api-gateway selects no pod: no workload has the labels app=gateway/,
  },
  {
    title: 'a load balancer that may not reach its pods',
    file: 'lib/stacks/workloads-stack.ts',
    right: 'cluster.connections.allowFrom(sender, Port.tcp(SERVICE_PORT),',
    wrong: 'cluster.connections.allowFrom(sender, Port.tcp(SERVICE_PORT + 1),',
    message:
      /waits for target-health\S+\/(frontend|api-gateway)-blue: the security group .* allows no traffic to sg-\w+ on port 3000/,
  },
  {
    title: 'a rule of the load balancer for another host',
    file: 'lib/constructs/site-rule.ts',
    right: 'ListenerCondition.hostHeaders([...hosts])',
    wrong: 'ListenerCondition.hostHeaders([`${name}.platform.com`])',
    message: /https:\/\/\S+: no rule of \S+ forwards the host \S+/,
  },
  {
    title: 'a log of a firewall under a name that AWS WAF refuses',
    file: 'lib/constructs/web-acl.ts',
    right: 'this.logs(`${WAF_LOGS}${name}`,',
    wrong: 'this.logs(`/aws/waf/${name}`,',
    message: /Logging.*The ARN \S+ isn't valid: a log group's name must start with aws-waf-logs-/,
  },
  {
    title: 'a disruption budget that lets no pod go',
    file: 'lib/kubernetes/service.ts',
    right: '    podDisruptionBudget({ name: nameOf(props), namespace, selector: selectorOf(props) }),',
    wrong: `    ((budget) => ({ ...budget, spec: { ...budget.spec, maxUnavailable: 0 } }))(
      podDisruptionBudget({ name: nameOf(props), namespace, selector: selectorOf(props) }),
    ),`,
    message: /PodDisruptionBudget platform-core\/api-gateway-blue allows none of its 1 pods to be evicted/,
  },
  {
    title: 'a right of everybody in the whole cluster',
    file: 'lib/kubernetes/tenancy.ts',
    right: 'clusterRoleBinding(TENANT_SERVICE),',
    wrong: "{ ...clusterRoleBinding(TENANT_SERVICE), subjects: [{ kind: 'Group', name: 'system:serviceaccounts' }] },",
    message:
      /ClusterRoleBinding tenant-service gives the Group system:serviceaccounts the ClusterRole "tenant-service"/,
  },
  {
    title: 'a quota too small for what its autoscalers may run',
    file: 'lib/kubernetes/namespaces.ts',
    right: "      'requests.cpu': requests.cpu,",
    wrong: "      'requests.cpu': '3',",
    environment: 'staging',
    message: /with all autoscalers at their maximum.*platform-core.*exceeded quota/s,
  },
  {
    title: 'an image without a repository',
    file: 'lib/model/images.ts',
    right: '  ...Object.keys(upstreamImages(kubernetesVersion)),\n',
    wrong: '',
    message: /the registry has no (repository|such)/,
  },
  {
    title: 'a field that the API server takes and drops',
    file: 'lib/kubernetes/objects/deployment.ts',
    right: '    serviceName: props.name,\n',
    wrong: '    serviceName: props.name,\n    updateStrategy: { rollingUpdate: { maxUnavailable: 2 } },\n',
    message:
      /StatefulSet platform-monitoring\/alertmanager does not keep spec\.updateStrategy\.rollingUpdate\.maxUnavailable/,
  },
];
