#include "cli/data/npy.hpp"
#include "tests/fuzz/seed_writer.hpp"
#include "tests/fuzz/seeds.hpp"

namespace dyna::fuzz {

void MakeDataSeeds(const TakeSeed& take) {
  using enum cli::Column::Type;
  const auto take_column = [&take](const char* name, const cli::Column& column) {
    const auto bytes = cli::EncodeNpy(column);
    take("npy", name, {bytes.begin(), bytes.end()});
  };
  take_column("reals", {.shape = {2, 3}, .values = {1, -2, 0.5F, 4, 1e30F, 0}});
  take_column("indices", {.shape = {3}, .values = {0, 7, 3}, .type = kInt64});
  take_column("flags", {.shape = {2, 1}, .values = {1, 0}, .type = kBool});
  take_column("no_rows", {.shape = {0, 4}});
  using namespace std::string_view_literals;
  take("npy", "fortran",
       SeedWriter()
           .Text("\x93NUMPY\x01\x00\x3B\x00{'descr': '<i2', 'fortran_order': True, "
                 "'shape': (2, 2), }\n\1\0\3\0\2\0\4\0"sv)
           .bytes());
}

}  // namespace dyna::fuzz
