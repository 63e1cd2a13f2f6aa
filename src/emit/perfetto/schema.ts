import protobuf from 'protobufjs'

/** A message of a schema. Numbers are exact up to 2^53; field names are in camel case. */
export interface MessageType {
  encode(message: object): Uint8Array
}

/** The message `name`, such as `perfetto.protos.Trace`, of a schema given as its text. */
export function messageType(schema: string, name: string): MessageType {
  const { root } = protobuf.parse(schema)
  root.resolveAll()
  const type = messageOf(root.lookupType(name), new Map())
  return {
    encode(message) {
      const writer = protobuf.Writer.create()
      write(type, message as Message, writer)
      return writer.finish()
    },
  }
}

type Message = Readonly<Record<string, unknown>>

/** A field, by what the wire wants to know. */
interface Field {
  readonly name: string
  readonly id: number
  readonly isRepeated: boolean
  /** Of a value that is a message. */
  readonly fields: readonly Field[] | undefined
  /** Of another value: the method of a writer. */
  readonly kind: 'string'
}

/** The fields of a message in the order of their ids. */
function messageOf(type: protobuf.Type, known: Map<protobuf.Type, Field[]>): readonly Field[] {
  const made = known.get(type)
  if (made) return made
  const fields: Field[] = []
  known.set(type, fields)
  for (const { name, id, repeated, resolvedType, type: kind } of type.fieldsArray) {
    fields.push({
      name,
      id,
      isRepeated: repeated,
      fields: resolvedType instanceof protobuf.Type ? messageOf(resolvedType, known) : undefined,
      kind: (resolvedType instanceof protobuf.Enum ? 'int32' : kind) as 'string',
    })
  }
  fields.sort((one, other) => one.id - other.id)
  return fields
}

/** protobufjs would compile an encoder from a string, which the policy of our page forbids. */
function write(fields: readonly Field[], message: Message, writer: protobuf.Writer): void {
  for (const { name, id, isRepeated, fields: inner, kind } of fields) {
    if (!Object.hasOwn(message, name) || message[name] === undefined) continue
    const values = isRepeated ? (message[name] as readonly unknown[]) : [message[name]]
    for (const value of values) {
      writer.uint32((id << 3) | (inner ? LENGTH_DELIMITED : protobuf.types.basic[kind]))
      if (inner) {
        writer.fork()
        write(inner, value as Message, writer)
        writer.ldelim()
      } else writer[kind](value as string)
    }
  }
}

/** The wire type of what tells its length first (protobuf.dev/programming-guides/encoding). */
const LENGTH_DELIMITED = 2
