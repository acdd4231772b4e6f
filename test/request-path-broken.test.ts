import { templatesOf, type Templates } from './references';
import { requestFaults } from './request-path';
import { SAMPLES } from './sample';
import { once, type Json } from './synth';

/** The resource of a stack whose id begins so, with the id. */
const find = (templates: Templates, stack: string, start: string): readonly [string, Json] => {
  const all = Object.entries<Json>(templates[`platform-prod-${stack}`].Resources);
  const whole = all.filter(([id]) => id.replace(/[0-9A-F]{8}$/, '') === start); // or it is the beginning of others too
  const found = whole.length === 1 ? whole : all.filter(([id]) => id.startsWith(start));
  expect(found.map(([id]) => id)).toHaveLength(1);
  return found[0]!;
};

const remove = (templates: Templates, stack: string, start: string): void => {
  const [id] = find(templates, stack, start);
  delete templates[`platform-prod-${stack}`].Resources[id];
};

/** Writes something else into a resource, as JSON. */
const rewrite = (templates: Templates, stack: string, start: string, from: string, to: string): void => {
  const [id, resource] = find(templates, stack, start);
  const written = JSON.stringify(resource);
  expect(written).toContain(from);
  templates[`platform-prod-${stack}`].Resources[id] = JSON.parse(written.replace(from, to));
};

/** The same in the object of a manifest. */
const rewriteObject = (templates: Templates, start: string, from: string, to: string): void => {
  const [one, other] = [from, to].map((text) => JSON.stringify(text).slice(1, -1));
  rewrite(templates, 'workloads', `Clustermanifest${start}`, one!, other!);
};

/** The target groups of the rule of a public service, with their weights. */
const groupsOf = (templates: Templates, service: string): Json =>
  find(templates, 'workloads', `Live${service}`)[1].Properties.Actions[0].ForwardConfig.TargetGroups;

const BALANCER = 'load-balancer';

describe('a broken link is named:', () => {
  const { prod } = SAMPLES;
  const whole = templatesOf(once(prod));

  test('there is none at first', () => {
    expect(requestFaults(whole, prod)).toEqual([]);
  });

  test.each<[string, (all: Templates) => void, RegExp]>([
    [
      'no record for IPv6',
      (all) => remove(all, 'edge', 'AAAAwww'),
      /^https:..www.platform.example.*: no zone has an AAAA record of it$/,
    ],
    [
      'no addresses of IPv6',
      (all) => {
        rewrite(all, 'edge', 'apiDistribution', '"IPV6Enabled":true', '"IPV6Enabled":false');
        remove(all, 'edge', 'AAAAapi');
      },
      /: IPv6 of .*apiDistribution\w+. is false, not true$/,
    ],
    [
      'an alias in another zone',
      (all) => (find(all, 'edge', 'Aapi')[1].Properties.AliasTarget.HostedZoneId = 'Z9'),
      /^https:..api.platform.example.*: the alias of the A record is .*,Z9, not .*,Z2FDTNDATAQYW2$/,
    ],
    [
      'a record in another zone',
      (all) => rewrite(all, 'edge', 'Aapi', '"HostedZoneId":"Z0123456789ABCDEFGHIJ"', '"HostedZoneId":"Z9"'),
      /^https:..api.platform.example.*: the zone of the A record is Z9, not Z0123456789ABCDEFGHIJ$/,
    ],
    [
      'a record of another distribution',
      (all) => rewrite(all, 'edge', 'Aapi', 'apiDistribution5DA1B590', 'appDistributionACC14032'),
      /^https:..api.platform.example.*: its A and AAAA records lead to two distributions$/,
    ],
    [
      'a distribution that does not know its name',
      (all) => rewrite(all, 'edge', 'appDistribution', '"www.platform.example"', '"web.platform.example"'),
      /^https:..www.platform.example.*: the distribution .*appDistribution\w+. does not have this name$/,
    ],
    [
      'a certificate without the name',
      (all) => rewrite(all, 'edge-security', 'Certificate', ',"api.platform.example"]', ']'),
      /: the certificate of platform-prod-edge-security is for .*, not for api.platform.example$/,
    ],
    [
      'a certificate that nobody can prove',
      (all) => rewrite(all, BALANCER, 'Certificate', '"Z0123456789ABCDEFGHIJ"', '"Z9"'),
      /: the zone that proves the certificate of platform-prod-load-balancer is Z9, not Z0123456789ABCDEFGHIJ$/,
    ],
    [
      'a certificate in another region',
      (all) => void (all['platform-prod-edge-security'].region = 'eu-west-1'),
      /: the region of the certificate of platform-prod-edge-security is eu-west-1, not us-east-1$/,
    ],
    [
      'no firewall',
      (all) => delete find(all, 'edge', 'apiDistribution')[1].Properties.DistributionConfig.WebACLId,
      /: the firewall of apiDistribution\w+ is nothing$/,
    ],
    [
      'a behaviour of plain HTTP',
      (all) => rewrite(all, 'edge', 'apiDistribution', 'redirect-to-https', 'allow-all'),
      /: the protocol of \* of .*apiDistribution\w+. is allow-all, not redirect-to-https$/,
    ],
    [
      'static files that have no behaviour',
      (all) => rewrite(all, 'edge', 'appDistribution', '"/assets/*"', '"/static/*"'),
      /^https:..(www\.)?platform.example\/assets\/x.png: what answers is pods, not a bucket$/,
    ],
    [
      'another port of the VPC origin',
      (all) => rewrite(all, 'edge', 'VpcOrigin', '"HTTPSPort":443', '"HTTPSPort":8443'),
      /: the load balancer LoadBalancer\w+ has no listener for HTTPS on port 8443$/,
    ],
    [
      'another protocol of the VPC origin',
      (all) => rewrite(all, 'edge', 'VpcOrigin', 'https-only', 'http-only'),
      /: the load balancer LoadBalancer\w+ has no listener for HTTP on port 80$/,
    ],
    [
      'another name of the load balancer',
      (all) => rewrite(all, 'edge', 'apiDistribution', 'DNSName', 'Name'),
      /: the domain of the origin load-balancer is .*, not \$\{platform-prod-load-balancer.LoadBalancer\w+.DNSName\}$/,
    ],
    [
      'another port of the listener',
      (all) => rewrite(all, BALANCER, 'LoadBalancerListenerE', '"Port":443', '"Port":444'),
      /: the load balancer LoadBalancer\w+ has no listener for HTTPS on port 443$/,
    ],
    [
      'a host that CloudFront keeps for itself',
      (all) =>
        rewrite(
          all,
          'edge',
          'apiDistribution',
          '"OriginRequestPolicyId":"33f36d7e',
          '"OriginRequestPolicyId":"b689b0a8',
        ),
      /: the certificate of LoadBalancer\w+ is for .*, not \$\{.*DNSName\}$/,
    ],
    [
      'a rule of another host',
      (all) => rewrite(all, 'workloads', 'Liveapigateway', '"api.platform.example"', '"v1.platform.example"'),
      /: no rule of LoadBalancer\w+ forwards the host api.platform.example$/,
    ],
    [
      'no rule',
      (all) => remove(all, 'workloads', 'Liveapigateway'),
      /: no rule of LoadBalancer\w+ forwards the host api.platform.example$/,
    ],
    [
      'a rule that takes what is for another',
      (all) => rewrite(all, 'workloads', 'Livefrontend', '"www.platform.example"', '"*.platform.example"'),
      /: the Service of api is frontend-blue, not api-gateway$/,
    ],
    [
      'another target group',
      (all) => (groupsOf(all, 'apigateway')[0].TargetGroupArn = groupsOf(all, 'frontend')[0].TargetGroupArn),
      /: the Service of api is frontend-blue, not api-gateway$/,
    ],
    [
      'a color that is not there',
      (all) => groupsOf(all, 'apigateway').forEach((group: Json) => (group.Weight = 100 - group.Weight)),
      /: no TargetGroupBinding names the target group Targetsapigreen\w+$/,
    ],
    [
      'a Service of another color than users meet',
      (all) =>
        rewriteObject(
          all,
          'Serviceplatformcoreapigateway',
          '"app":"api-gateway","color":"blue"}}',
          '"app":"api-gateway","color":"green"}}',
        ),
      /: what the Service api-gateway selects is .*"color":"green".*, not .*"color":"blue"/,
    ],
    [
      'another port of the target group',
      (all) => rewrite(all, BALANCER, 'Targetsapiblue', '"Port":3000', '"Port":8080'),
      /: the target api-gateway-blue:8080 of Targetsapi\w+ is unhealthy: the port of Targetsapi\w+ is 8080, not 3000$/,
    ],
    [
      'another health check',
      (all) => rewrite(all, BALANCER, 'Targetsapiblue', '"/ready"', '"/health"'),
      / is unhealthy: the health check of Targetsapi\w+ is \/health, not \/ready$/,
    ],
    [
      'no binding',
      (all) => remove(all, 'workloads', 'ClustermanifestTargetGroupBindingplatformapps'),
      /: no TargetGroupBinding names the target group Targetsapp\w+$/,
    ],
    [
      'a binding of another target group',
      (all) =>
        rewrite(all, 'workloads', 'ClustermanifestTargetGroupBindingplatformcore', 'RefTargetsapi', 'RefTargetsx'),
      /: no TargetGroupBinding names the target group Targetsapi\w+$/,
    ],
    [
      'another port of the Service',
      (all) => rewriteObject(all, 'Serviceplatformcoreapigatewayblue', '"port":80,', '"port":8080,'),
      / is unhealthy: there is no port 80 of the Service api-gateway-blue$/,
    ],
    [
      'a Service of other pods',
      (all) =>
        rewriteObject(
          all,
          'Serviceplatformcoreapigatewayblue',
          '"selector":{"app":"api-gateway",',
          '"selector":{"app":"gateway",',
        ),
      /: the Service api-gateway-blue has no pods$/,
    ],
    [
      'another port of the container',
      (all) =>
        rewriteObject(all, 'Deploymentplatformcoreapigatewayblue', '"containerPort":3000', '"containerPort":8080'),
      / is unhealthy: there is no container of api-gateway-blue on port 3000$/,
    ],
    [
      'pods that do not wait for the load balancer',
      (all) =>
        rewriteObject(all, 'Deploymentplatformappsfrontend', 'target-health.elbv2.k8s.aws/frontend-blue', 'other'),
      /: the pods of frontend-blue do not wait for target-health.elbv2.k8s.aws\/frontend-blue$/,
    ],
    [
      'no way from CloudFront',
      (all) => remove(all, BALANCER, 'FromCloudFront443frompl'),
      /: no security group of LoadBalancer\w+ lets CloudFront in on port 443$/,
    ],
    [
      'no way to the pods',
      (all) => remove(all, 'workloads', 'LoadBalancerto'),
      /: .*load-balancer.SecurityGroup.* let nothing out to port 3000$/,
    ],
    [
      'no way in to the pods',
      (all) => remove(all, 'workloads', 'ClusterClusterSecurityGroupfromprodWorkloadsLoadBalancer'),
      /: .*ClusterSecurityGroupId. lets nothing in to port 3000$/,
    ],
    [
      'a network policy without one of the subnets',
      (all) => rewriteObject(all, 'NetworkPolicyplatformcoreapigateway', '"10.0.16.0/20"', '"10.9.16.0/20"'),
      /: no network policy lets VpcPrivateSubnet2\w+ reach api-gateway-blue on 3000$/,
    ],
    [
      'a bucket that is asked without a signature',
      (all) => rewrite(all, 'edge', 'AssetsAccess', '"always"', '"never"'),
      /: AssetsAccess\w+ does not sign what a bucket is asked for$/,
    ],
    [
      'a bucket that answers another account',
      (all) =>
        rewrite(all, 'storage', 'AssetsPolicy', 'arn:aws:cloudfront::333333333333', 'arn:aws:cloudfront::444444444444'),
      /: no policy of Assets\w+ lets the distributions of the account read$/,
    ],
  ])('%s', (__, change, problem) => {
    const templates = structuredClone(whole);
    change(templates);
    const problems = requestFaults(templates, prod);
    expect(problems).not.toEqual([]);
    for (const each of problems) expect(each).toMatch(problem);
  });
});
