/** Every example must be a valid operation, with valid variables, over the schema. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import {
  buildSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { describe, expect, test } from 'vitest';

import { examples } from '../src/examples';

const PRINTED = fileURLToPath(new URL('../../schema/schema.graphql', import.meta.url));
const CONTRACT = fileURLToPath(new URL('../../tests/contract.graphql', import.meta.url));

function findSchemaPath(): string {
  const named = process.env.VANTAGE_SCHEMA;
  const path = named ? named : [PRINTED, CONTRACT].find(existsSync);
  if (!path || !existsSync(path)) {
    const looked = named ?? `${PRINTED}, ${CONTRACT}`;
    throw new Error(`No GraphQL schema (looked at ${looked}); give its path in VANTAGE_SCHEMA.`);
  }
  return path;
}

const schema = buildSchema(readFileSync(findSchemaPath(), 'utf8'));

function listOperations(query: string): OperationDefinitionNode[] {
  return parse(query).definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
}

/** GraphiQL names a tab after its first operation. */
function getTitle(query: string): string {
  return listOperations(query)[0]?.name?.value ?? 'without a name';
}

test('the examples tell the story in its order', () => {
  expect(examples.map(({ query }) => getTitle(query))).toEqual([
    'SetUp',
    'SendMessages',
    'FollowMessages',
    'FollowRepresentation',
    'WhatIsKnown',
    'Ask',
    'Context',
    'DerivationStatus',
  ]);
});

describe.each(examples.map((example) => ({ title: getTitle(example.query), ...example })))(
  '$title',
  ({ query, variables = {} }) => {
    test('is valid over the schema', () => {
      expect(validate(schema, parse(query))).toEqual([]);
    });

    test('has variables of the right types, and no others', () => {
      const declared = listOperations(query).flatMap((node) => node.variableDefinitions ?? []);
      const names = declared.map((node) => node.variable.name.value);
      expect(Object.keys(variables).filter((name) => !names.includes(name))).toEqual([]);
      expect(getVariableValues(schema, declared, variables).errors).toBeUndefined();
    });

    test('starts with a comment that says what to expect', () => {
      expect(query).toMatch(/^# /);
    });
  },
);
