import type { EnvironmentConfig } from '../lib/config/environment';
import { templatesOf, type Templates } from './references';
import { requestPath, requests } from './request-path';
import { SAMPLES } from './sample';
import { once, type Json } from './synth';

/** Every link that is broken, once. */
const brokenLinks = (templates: Templates, config: EnvironmentConfig): readonly string[] => {
  const problems = requests(templates, config).map((request) => {
    try {
      requestPath(templates, config, request);
      return [];
    } catch ({ message }: Json) {
      return [message as string];
    }
  });
  return [...new Set(problems.flat())];
};

/** The resource of a stack whose id begins so, with the id. */
const find = (templates: Templates, stack: string, start: string): readonly [string, Json] => {
  const found = Object.entries<Json>(templates[`platform-prod-${stack}`].Resources).filter(([id]) =>
    id.startsWith(start),
  );
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

const BALANCER = 'load-balancer';

describe('a broken link is named:', () => {
  const { prod } = SAMPLES;
  const whole = templatesOf(once(prod));

  test('there is none at first', () => {
    expect(brokenLinks(whole, prod)).toEqual([]);
  });

  test.each<[string, (all: Templates) => void, RegExp]>([
    [
      'no record for IPv6',
      (all) => remove(all, 'edge', 'AAAAwww'),
      /^there is no AAAA record of www.platform.example$/,
    ],
    [
      'a record in another zone',
      (all) => rewrite(all, 'edge', 'Aapi', '"HostedZoneId":"Z0123456789ABCDEFGHIJ"', '"HostedZoneId":"Z9"'),
      /^the A record of api.platform.example is in the zone Z9, not in Z0123456789ABCDEFGHIJ$/,
    ],
    [
      'a record of another distribution',
      (all) => rewrite(all, 'edge', 'Aapi', 'apiDistribution5DA1B590', 'appDistributionACC14032'),
      /^the A record of api.platform.example leads to .*appDistribution.* not to .*apiDistribution/,
    ],
    [
      'a distribution that does not know its name',
      (all) => rewrite(all, 'edge', 'appDistribution', '"www.platform.example"', '"web.platform.example"'),
      /^there is no distribution with the name www.platform.example$/,
    ],
    [
      'a certificate without the name',
      (all) => rewrite(all, 'edge-security', 'Certificate', ',"api.platform.example"]', ']'),
      /^the certificate of platform-prod-edge-security is for .*, not for api.platform.example$/,
    ],
    [
      'a certificate that nobody can prove',
      (all) => rewrite(all, BALANCER, 'Certificate', '"Z0123456789ABCDEFGHIJ"', '"Z9"'),
      /^the certificate of platform-prod-load-balancer proves platform.example in Z9, not in Z0123456789ABCDEFGHIJ$/,
    ],
    [
      'a certificate in another region',
      (all) => void (all['platform-prod-edge-security'].region = 'eu-west-1'),
      /^the certificate of platform-prod-edge-security is in eu-west-1, not in us-east-1$/,
    ],
    [
      'no firewall',
      (all) => delete find(all, 'edge', 'apiDistribution')[1].Properties.DistributionConfig.WebACLId,
      /^the firewall of apiDistribution\w+ is nothing$/,
    ],
    [
      'a behaviour of plain HTTP',
      (all) => rewrite(all, 'edge', 'apiDistribution', 'redirect-to-https', 'allow-all'),
      /^apiDistribution\w+ answers \/ by plain HTTP$|^apiDistribution\w+ answers \/x\/y by plain HTTP$/,
    ],
    [
      'static files that have no behaviour',
      (all) => rewrite(all, 'edge', 'appDistribution', '"/assets/*"', '"/static/*"'),
      /^(www\.)?platform.example\/assets\/x.png is answered by pods, not by bucket$/,
    ],
    [
      'another port of the VPC origin',
      (all) => rewrite(all, 'edge', 'VpcOrigin', '"HTTPSPort":443', '"HTTPSPort":8443'),
      /^there is no listener on HTTPS 8443$/,
    ],
    [
      'another protocol of the VPC origin',
      (all) => rewrite(all, 'edge', 'VpcOrigin', 'https-only', 'http-only'),
      /^there is no listener on HTTP 80$/,
    ],
    [
      'another port of the listener',
      (all) => rewrite(all, BALANCER, 'LoadBalancerListenerE', '"Port":443', '"Port":444'),
      /^there is no listener on HTTPS 443$/,
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
      /^the certificate of platform-prod-load-balancer is for .*, not for \$\{.*DNSName\}$/,
    ],
    [
      'a rule of another host',
      (all) => rewrite(all, BALANCER, 'LoadBalancerListenerapi', '"api.platform.example"', '"v1.platform.example"'),
      /^no rule of LoadBalancerListener\w+ is about \{"host":"api.platform.example"\}$/,
    ],
    [
      'no rule',
      (all) => remove(all, BALANCER, 'LoadBalancerListenerapi'),
      /^no rule of LoadBalancerListener\w+ is about \{"host":"api.platform.example"\}$/,
    ],
    [
      'a rule that takes what is for another',
      (all) => rewrite(all, BALANCER, 'LoadBalancerListenerapp', '"www.platform.example"', '"*.platform.example"'),
      /^api is answered by frontend, not by api-gateway$/,
    ],
    [
      'another target group',
      (all) => rewrite(all, BALANCER, 'LoadBalancerListenerapi', 'Targetsapi9179DC57', 'Targetsapp3CC1A790'),
      /^api is answered by frontend, not by api-gateway$/,
    ],
    [
      'another port of the target group',
      (all) => rewrite(all, BALANCER, 'Targetsapi', '"Port":3000', '"Port":8080'),
      /^Targetsapi\w+ is for port 8080, its pods answer on 3000$/,
    ],
    [
      'another health check',
      (all) => rewrite(all, BALANCER, 'Targetsapi', '"/ready"', '"/health"'),
      /^Targetsapi\w+ asks \/health whether a pod is ready, the kubelet \/ready on 3000$/,
    ],
    [
      'no binding',
      (all) => remove(all, 'workloads', 'ClustermanifestTargetGroupBindingplatformapps'),
      /^there is no TargetGroupBinding of Targetsapp\w+$/,
    ],
    [
      'a binding of another target group',
      (all) =>
        rewrite(all, 'workloads', 'ClustermanifestTargetGroupBindingplatformcore', 'RefTargetsapi', 'RefTargetsx'),
      /^there is no TargetGroupBinding of Targetsapi\w+$/,
    ],
    [
      'another port of the Service',
      (all) => rewriteObject(all, 'Serviceplatformcoreapigateway', '"port":80,', '"port":8080,'),
      /^there is no port 80 of the Service api-gateway$/,
    ],
    [
      'a Service of other pods',
      (all) =>
        rewriteObject(
          all,
          'Serviceplatformcoreapigateway',
          '"selector":{"app":"api-gateway"}',
          '"selector":{"app":"gateway"}',
        ),
      /^there is no Deployment behind the Service api-gateway$/,
    ],
    [
      'another port of the container',
      (all) => rewriteObject(all, 'Deploymentplatformcoreapigateway', '"containerPort":3000', '"containerPort":8080'),
      /^there is no container of api-gateway on port 3000$/,
    ],
    [
      'pods that do not wait for the load balancer',
      (all) => rewriteObject(all, 'Deploymentplatformappsfrontend', 'target-health.elbv2.k8s.aws/frontend', 'other'),
      /^the pods of frontend do not wait for target-health.elbv2.k8s.aws\/frontend$/,
    ],
    [
      'no way from CloudFront',
      (all) => remove(all, BALANCER, 'FromCloudFront443frompl'),
      /^no ingress rule of .*load-balancer.SecurityGroup.* is about pl-31a34658 and port 443$/,
    ],
    [
      'no way to the pods',
      (all) => remove(all, 'workloads', 'LoadBalancerto'),
      /^no egress rule of .*load-balancer.SecurityGroup.* is about .*ClusterSecurityGroupId. and port 3000$/,
    ],
    [
      'no way in to the pods',
      (all) => remove(all, 'workloads', 'ClusterClusterSecurityGroupfromprodWorkloadsLoadBalancer'),
      /^no ingress rule of .*ClusterSecurityGroupId. is about .*load-balancer.SecurityGroup.* and port 3000$/,
    ],
    [
      'a network policy without one of the subnets',
      (all) => rewriteObject(all, 'NetworkPolicyplatformcoreapigateway', '"10.0.16.0/20"', '"10.9.16.0/20"'),
      /^no network policy lets VpcPrivateSubnet2\w+ reach api-gateway on 3000$/,
    ],
    [
      'a bucket that is asked without a signature',
      (all) => rewrite(all, 'edge', 'AssetsAccess', '"always"', '"never"'),
      /^AssetsAccess\w+ does not sign what a bucket is asked for$/,
    ],
    [
      'a bucket that answers another account',
      (all) =>
        rewrite(all, 'storage', 'AssetsPolicy', 'arn:aws:cloudfront::333333333333', 'arn:aws:cloudfront::444444444444'),
      /^no policy of Assets\w+ lets the distributions of the account read$/,
    ],
  ])('%s', (__, change, problem) => {
    const templates = structuredClone(whole);
    change(templates);
    const problems = brokenLinks(templates, prod);
    expect(problems).not.toEqual([]);
    for (const each of problems) expect(each).toMatch(problem);
  });
});
