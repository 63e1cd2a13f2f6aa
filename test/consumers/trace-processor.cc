// Runs SQL on a trace in Perfetto's trace processor, which Debian's chromium-shell has in a library
// for its own tests: base/test/test_trace_processor_impl.h of Chromium.
//
//     trace-processor TRACE QUERY...
//
// Writes the rows of each query, with US behind each value, RS behind each row and GS behind each
// result. The first row has the names of the columns.

#include <dlfcn.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

namespace {

const char kLibrary[] = "/usr/lib/chromium/libtest_trace_processor.so";

[[noreturn]] void Fail(const std::string& message) {
  fprintf(stderr, "%s\n", message.c_str());
  exit(1);
}

// The library has a standard library of its own, libc++ (ABI v1): these are its layouts.

struct Vector {
  const char* begin;
  const char* end;
  const char* capacity;
};

union String {
  struct {
    uint64_t capacity;  // The lowest bit is set.
    uint64_t size;
    const char* data;
  } large;
  struct {
    uint8_t twice_size;
    char data[23];
  } small;

  bool is_large() const { return small.twice_size & 1; }
  const char* data() const { return is_large() ? large.data : small.data; }
  size_t size() const { return is_large() ? large.size : small.twice_size >> 1; }
};
static_assert(sizeof(String) == 24);

/// What ExecuteQuery returns: rows of texts, or what is wrong with the query.
struct Result {
  Vector rows;
  String error;
  char rest[208];
};

/// What ParseTrace returns, absl::Status: 1 if all is well, or a pointer.
using Status = uint64_t;

template <typename Function>
Function Symbol(void* library, const char* name) {
  void* symbol = dlsym(library, name);
  if (!symbol) {
    Fail(std::string(kLibrary) + " has another interface than trace-processor.cc expects: no " + name);
  }
  return reinterpret_cast<Function>(symbol);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) Fail("usage: trace-processor TRACE QUERY...");
  void* library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (!library) Fail(dlerror());

  // Methods take `this` first; what does not fit a register is returned through a pointer before it.
  auto construct = Symbol<void (*)(void*)>(
      library, "_ZN4base4test22TestTraceProcessorImplC1Ev");
  auto parse = Symbol<void (*)(Status*, void*, const Vector*)>(
      library, "_ZN4base4test22TestTraceProcessorImpl10ParseTraceERKNSt3__16vectorIcNS2_9allocatorIcEEEE");
  auto execute = Symbol<void (*)(Result*, const void*, const String*)>(
      library,
      "_ZNK4base4test22TestTraceProcessorImpl12ExecuteQueryERKNSt3__112basic_stringIcNS2_11char_traits"
      "IcEENS2_9allocatorIcEEEE");

  std::ifstream file(argv[1], std::ios::binary);
  if (!file) Fail(std::string("cannot read ") + argv[1]);
  const std::string trace{std::istreambuf_iterator<char>(file), {}};

  // More room than the object needs.
  alignas(16) static char processor[4096];
  construct(processor);
  const Vector bytes{trace.data(), trace.data() + trace.size(), trace.data() + trace.size()};
  Status status = 0;
  parse(&status, processor, &bytes);
  if (status != 1) Fail(std::string("the trace processor refuses ") + argv[1]);

  for (int i = 2; i < argc; i++) {
    String query;
    query.large = {strlen(argv[i]) + 1 | 1, strlen(argv[i]), argv[i]};
    Result result{};
    execute(&result, processor, &query);
    if (result.error.size() > 0) Fail(std::string(result.error.data(), result.error.size()));
    for (auto row = reinterpret_cast<const Vector*>(result.rows.begin);
         reinterpret_cast<const char*>(row) < result.rows.end; row++) {
      for (auto value = reinterpret_cast<const String*>(row->begin);
           reinterpret_cast<const char*>(value) < row->end; value++) {
        fwrite(value->data(), 1, value->size(), stdout);
        putchar('\x1f');
      }
      putchar('\x1e');
    }
    putchar('\x1d');
  }
  fflush(stdout);
  // The library's destructors are not ours to run.
  _Exit(0);
}
