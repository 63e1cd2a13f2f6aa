import protobuf from 'protobufjs'

/** A message of a schema. Numbers are exact up to 2^53; field names are in camel case. */
export interface MessageType {
  encode(message: object): Uint8Array
}

/** The message `name`, such as `perfetto.protos.Trace`, of a schema given as its text. */
export function messageType(schema: string, name: string): MessageType {
  const type = protobuf.parse(schema).root.lookupType(name)
  return { encode: message => type.encode(message).finish() }
}
