import type { StackProps } from 'aws-cdk-lib';
import type { EnvironmentConfig } from '../config/environment';

/** Props of a stack of an environment: the fields of the configuration that the stack reads, and the properties of every stack. */
export interface EnvironmentStackProps<Field extends keyof EnvironmentConfig = never> extends StackProps {
  readonly config: Pick<EnvironmentConfig, Field>;
}
