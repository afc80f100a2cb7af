type Json = Record<string, unknown>;

const NULL = { type: 'null' };

/**
 * Nest describes in the words of OpenAPI 3.0; this says the same in those of 3.1, whose schemas are JSON Schema: null is
 * a type, not a flag beside one, and bytes are content, not a format. Examples are left as they are, since they are data.
 */
export function inOpenApi31(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOpenApi31);
  if (typeof value !== 'object' || value === null) return value;
  const said = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === 'example' || key === 'examples' ? item : inOpenApi31(item),
    ]),
  );
  if (said['type'] === 'string' && said['format'] === 'binary') return bytes(said);
  if (typeof said['nullable'] !== 'boolean') return said;
  const { nullable, ...schema } = said;
  return nullable ? orNull(schema) : schema;
}

/** Bytes as they are: for JSON Schema no format of a text, but a text that holds something else. */
function bytes({ format: _binary, ...schema }: Json): Json {
  return { ...schema, contentMediaType: 'application/octet-stream' };
}

/** The schema that takes null besides. @throws for a kind of schema that this cannot say of */
function orNull(schema: Json): Json {
  const { type, enum: members, allOf, $ref, oneOf, ...about } = schema;
  if (typeof type === 'string') {
    const listed = Array.isArray(members)
      ? { enum: [...new Set([...(members as unknown[]), null])] }
      : {};
    return { ...schema, type: [type, 'null'], ...listed };
  }
  if ($ref !== undefined) return { ...about, oneOf: [{ $ref }, NULL] };
  if (Array.isArray(oneOf)) return { ...about, oneOf: [...(oneOf as unknown[]), NULL] };
  if (Array.isArray(allOf) && allOf.length === 1) return { ...about, oneOf: [allOf[0], NULL] };
  throw new Error(`no way to say nullable for ${JSON.stringify(schema)}`);
}
