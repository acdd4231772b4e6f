import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { MANIFEST } from '../review/objects';
import { ofKind, type Kind, type ObjectOf } from './kinds';
import { idsOf, type CfnResource, type Json } from './synth';

/** The templates of an environment with their regions, by the name of their stack. */
export type Templates = Readonly<Record<string, Json>>;

/** A copy of all templates, which a test may break. */
export const templatesOf = (of: CloudAssembly): Templates =>
  Object.fromEntries(
    of.stacks.map(({ stackName, template, environment: { region } }) => [
      stackName,
      { region, ...structuredClone(template) },
    ]),
  );

/** A resource, wherever it is. */
export interface Place {
  readonly stack: string;
  readonly id: string;
  readonly Type: string;
  readonly Properties: Json;
}

const place = (stack: string, id: string, { Type, Properties = {} }: CfnResource): Place => ({
  stack,
  id,
  Type,
  Properties,
});

/** Every resource of a type. */
export const allOf = (templates: Templates, type: string): readonly Place[] =>
  Object.entries(templates).flatMap(([stack, { Resources }]) =>
    idsOf(Resources, type).map((id) => place(stack, id, Resources[id])),
  );

/** The name that `text` gives to a resource, or to an attribute of it. */
export const nameOf = ({ stack, id }: Pick<Place, 'stack' | 'id'>, attribute?: string): string =>
  `\${${[stack, id, ...(attribute ? [attribute] : [])].join('.')}}`;

/**
 * A value of a template as text, through exports of other stacks. A value that only a deployment knows is named after its source,
 * `${STACK.ID}` or `${STACK.ID.ATTRIBUTE}`: two values that are equal then are equal here, in whatever stacks they are.
 */
export const text = (templates: Templates, stack: string, value: Json): string => {
  if (typeof value !== 'object' || value === null) return `${value ?? ''}`;
  const [[name, of] = []] = Object.entries<Json>(value);
  switch (name) {
    case 'Ref':
      return PSEUDO[of] ?? `\${${stack}.${of}}`;
    case 'Fn::GetAtt':
      return `\${${stack}.${[of].flat().join('.')}}`;
    case 'Fn::Join':
      return of[1].map((part: Json) => text(templates, stack, part)).join(of[0]);
    case 'Fn::Select': // by where it is cut from: what that is, only a deployment knows
    case 'Fn::Split':
      return text(templates, stack, of[1]);
    case 'Fn::FindInMap': {
      const [map, ...keys] = of.map((key: Json) => text(templates, stack, key));
      return (
        keys.reduce((values: Json, key: string) => values?.[key], templates[stack].Mappings?.[map]) ??
        JSON.stringify(of)
      );
    }
    case 'Fn::ImportValue':
      return exported(templates, ({ Export }) => Export?.Name === of) ?? `\${nothing exports ${of}}`;
    case 'Fn::GetStackOutput': {
      const { StackName, OutputName } = of;
      const wanted = text(templates, stack, StackName);
      const output = templates[wanted]?.Outputs?.[OutputName];
      return output ? text(templates, wanted, output.Value) : `\${${wanted} has no output ${OutputName}}`;
    }
    default:
      return JSON.stringify(value);
  }
};

/** Pseudo parameters with the same value in every environment. */
const PSEUDO: Readonly<Record<string, string>> = { 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com' };

const exported = (templates: Templates, is: (output: Json) => boolean): string | undefined => {
  for (const [stack, { Outputs = {} }] of Object.entries(templates)) {
    const output = Object.values<Json>(Outputs).find(is);
    if (output) return text(templates, stack, output.Value);
  }
  return undefined;
};

/** The resource that a value refers to, by itself or by an attribute. */
export const target = (templates: Templates, stack: string, value: Json): Place | undefined => {
  const [, of, id] = /^\$\{([\w-]+)\.(\w+)/.exec(text(templates, stack, value)) ?? [];
  const resource = of && id ? templates[of]?.Resources[id] : undefined;
  return resource && place(of!, id!, resource);
};

/** Every Kubernetes object, or those of some kinds, references in it as `text` calls them. */
export const objectsIn = <K extends Kind = Kind>(templates: Templates, ...kinds: K[]): readonly ObjectOf<K>[] =>
  allOf(templates, MANIFEST).flatMap(({ stack, Properties }) =>
    ofKind(JSON.parse(text(templates, stack, Properties.Manifest)), ...kinds),
  );
