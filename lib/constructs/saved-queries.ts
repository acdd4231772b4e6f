import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** Queries of CloudWatch Logs Insights: the lines of each, by its name. */
export type SavedQueries = Readonly<Record<string, readonly string[]>>;

/** Of an event in the audit log of Kubernetes: https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/ */
const AUDIT = ['filter @logStream like /^kube-apiserver-audit-/'];
const WHO = 'fields @timestamp, user.username, verb, objectRef.namespace, objectRef.name';
const LATEST = ['sort @timestamp desc', 'limit 200'];
const CHANGES = 'filter verb in ["create", "update", "patch", "delete", "deletecollection"]';

/** Of the control plane's log. */
export const AUDIT_QUERIES: SavedQueries = {
  'who read secrets': [
    ...AUDIT,
    'filter objectRef.resource = "secrets" and verb in ["get", "list", "watch"]',
    'filter user.username not like /^system:(node|serviceaccount:kube-system)/',
    WHO,
    ...LATEST,
  ],
  'who was denied': [
    ...AUDIT,
    'filter responseStatus.code in [401, 403]',
    `${WHO}, objectRef.resource, responseStatus.code, responseStatus.message, sourceIPs.0`,
    ...LATEST,
  ],
  'who entered a pod': [
    ...AUDIT,
    'filter objectRef.resource = "pods" and objectRef.subresource in ["exec", "attach", "portforward", "ephemeralcontainers"]',
    `${WHO}, objectRef.subresource, requestURI`,
    ...LATEST,
  ],
  'who changed rights': [
    ...AUDIT,
    'filter objectRef.apiGroup = "rbac.authorization.k8s.io"',
    CHANGES,
    `${WHO}, objectRef.resource`,
    ...LATEST,
  ],
  'what a user did': [
    ...AUDIT,
    'filter user.username like /REPLACE-BY-USER/',
    CHANGES,
    `${WHO}, objectRef.resource, responseStatus.code`,
    ...LATEST,
  ],
};

/** Of the flow log of the network. */
export const FLOW_QUERIES: SavedQueries = {
  'what was rejected': [
    'filter action = "REJECT"',
    'stats count(*) as packets by srcAddr, dstAddr, dstPort',
    'sort packets desc',
    'limit 50',
  ],
  'who sends most': ['stats sum(bytes) as bytes by srcAddr, dstAddr', 'sort bytes desc', 'limit 50'],
};

/** Of the log of a firewall. */
export const FIREWALL_QUERIES: SavedQueries = {
  'what rules block': [
    'filter action = "BLOCK"',
    'stats count(*) as requests by terminatingRuleId, httpRequest.uri',
    'sort requests desc',
    'limit 50',
  ],
  'whom rules block': [
    'filter action = "BLOCK"',
    'stats count(*) as requests by httpRequest.clientIp, httpRequest.country, terminatingRuleId',
    'sort requests desc',
    'limit 50',
  ],
};

/** Saves queries in a folder, about some log groups. */
export const savedQueries = (
  scope: Construct,
  id: string,
  folder: string,
  logGroupNames: readonly string[],
  queries: SavedQueries,
): void => {
  for (const [name, lines] of Object.entries(queries))
    new CfnQueryDefinition(scope, `${id}-${name.replaceAll(' ', '-')}`, {
      name: `${folder}/${name}`,
      logGroupNames: [...logGroupNames],
      queryString: lines.join('\n| '),
    });
};
