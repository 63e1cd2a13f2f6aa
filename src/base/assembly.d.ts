// Types of AssemblyScript, for files that both compilers read.
type i32 = number
type bool = boolean
