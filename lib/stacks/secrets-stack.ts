import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Alias, Key, type IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret, Secret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../constructs/acknowledge';
import { acrossRegions } from '../constructs/across-regions';
import { NOT_IN_PASSWORDS } from '../constructs/password';
import { removalPolicy } from '../constructs/removal-policy';
import { tierKey } from '../constructs/tier-key';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { RecoveryStack } from './recovery-stack';

export interface SecretsStackProps extends EnvironmentStackProps<'name' | 'sentry' | 'retainData'> {
  /** Where copies go. @default - nowhere */
  readonly recovery: Pick<RecoveryStack, 'keyArn' | 'region'> | undefined;
}

/** Where the secrets of tenants are, each in a folder of its own in this one. People and programs make them. */
export interface TenantSecrets {
  readonly folder: string;
  /** Opens them, and nothing else. */
  readonly key: IKey;
}

/** A secret whose value only people know. */
export interface ProvidedSecret {
  readonly name: string;
  readonly secret: ISecret;
}

/** The secrets that belong to no data tier. */
export class SecretsStack extends Stack {
  /** Signs the tokens of users. */
  readonly jwt: ISecret;
  /** The administrator of Grafana. */
  readonly grafana: ISecret;
  /** With which Grafana encrypts what it keeps of data sources and of sessions. */
  readonly grafanaKey: ISecret;
  /** Where services report their errors; a person puts the value in. Undefined where Sentry is not used. */
  readonly sentryDsn: ProvidedSecret | undefined;
  readonly tenants: TenantSecrets;

  constructor(scope: Construct, id: string, props: SecretsStackProps) {
    super(scope, id, props);
    const { name, sentry, retainData } = props.config;
    const folder = `platform/${name}`; // of the names that people use
    const encryptionKey = tierKey(this, 'Key', `Secrets of ${folder}`, retainData);
    const { recovery } = props;
    const copied = {
      encryptionKey,
      removalPolicy: removalPolicy(retainData),
      ...(recovery && {
        replicaRegions: [
          {
            region: recovery.region,
            encryptionKey: Key.fromKeyArn(this, 'RecoveryKey', acrossRegions(this, recovery.keyArn)),
          },
        ],
      }),
    };

    const jwt = new Secret(this, 'Jwt', {
      description: 'Key that signs the tokens of users',
      ...copied,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    acknowledge(jwt, 'A new one ends every session: rotated by hand (docs/secrets.md)', ['AwsSolutions-SMG4']);
    this.jwt = jwt;

    const grafana = new Secret(this, 'Grafana', {
      description: 'Credentials of the administrator of Grafana',
      ...copied,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: 'admin' }),
        generateStringKey: 'password',
        excludeCharacters: NOT_IN_PASSWORDS,
        passwordLength: 32,
      },
    });
    acknowledge(grafana, 'Grafana reads it once, when its database is made: changed by hand (docs/secrets.md)', [
      'AwsSolutions-SMG4',
    ]);
    this.grafana = grafana;

    const grafanaKey = new Secret(this, 'GrafanaKey', {
      description: 'Key with which Grafana encrypts its secrets',
      ...copied,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    acknowledge(grafanaKey, 'Without it, nothing that Grafana has encrypted can be read: never changed', [
      'AwsSolutions-SMG4',
    ]);
    this.grafanaKey = grafanaKey;

    this.sentryDsn = sentry ? this.provided('SentryDsn', `${folder}/sentry-dsn`, encryptionKey) : undefined;

    const tenants = `${folder}/tenants`;
    // The tenants' secrets are not in this stack, and outlive it.
    const key = tierKey(new Construct(this, 'Tenants'), 'Key', `Secrets of ${tenants}`, retainData);
    new Alias(this, 'TenantsAlias', { aliasName: `alias/${tenants}`, targetKey: key });
    this.tenants = { folder: tenants, key };
  }

  /** It has no value until somebody puts it in, and the output says how. */
  private provided(id: string, name: string, encryptionKey: IKey): ProvidedSecret {
    const resource = new CfnSecret(this, id, { name, kmsKeyId: encryptionKey.keyArn }); // the L2 would generate a value
    acknowledge(resource, 'Its value comes from elsewhere, and so does the next one', ['AwsSolutions-SMG4']);
    new CfnOutput(this, `${id}ToProvide`, {
      description: 'Run this once to set the value',
      value: `aws secretsmanager put-secret-value --secret-id ${name} --secret-string VALUE`,
    });
    const secret = Secret.fromSecretAttributes(this, `${id}Secret`, { secretCompleteArn: resource.ref, encryptionKey });
    return { name, secret };
  }
}
