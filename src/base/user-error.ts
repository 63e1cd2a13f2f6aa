/**
 * Something the user can mend: reported as one line that says where, what, and what to do, with
 * exit code 2 and without a stack. Everything else that is thrown is a bug.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
}
