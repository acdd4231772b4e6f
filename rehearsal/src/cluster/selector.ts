import type { LabelSelector } from 'kubernetes-types/meta/v1';

/** Whether a selector selects what has the labels. None selects nothing, an empty one everything. */
export const selects = (selector: LabelSelector | undefined, labels: Readonly<Record<string, string>> = {}): boolean =>
  selector !== undefined &&
  Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
  (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    const isIn = value !== undefined && values.includes(value);
    return operator === 'In' ? isIn : !isIn;
  });
