#include "cli/data/npz.hpp"

#include <zip.h>

#include <algorithm>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "cli/data/npy.hpp"

namespace dyna::cli {
namespace {

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct Close {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, Discard>;
using Entry = std::unique_ptr<zip_file_t, Close>;

/// An array of the most numbers, of eight bytes each, and its header.
constexpr zip_uint64_t kEntryBytesMax = zip_uint64_t{8} * kColumnValuesMax + (1U << 16);
/// Read in pieces: what an entry says of its size is not to be believed before it is there.
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

[[noreturn]] void Fail(const std::filesystem::path& path, const std::string& what) {
  throw DataError("'" + path.string() + "': " + what);
}

Archive Open(const std::filesystem::path& path, int flags) {
  int code = 0;
  Archive archive(zip_open(path.c_str(), flags, &code));
  if (archive != nullptr) return archive;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string why = zip_error_strerror(&error);
  zip_error_fini(&error);
  Fail(path, (flags & ZIP_RDONLY) != 0 ? "is no .npz file that can be read: " + why
                                       : "cannot be written: " + why);
}

std::vector<std::byte> ReadEntry(zip_t* archive, zip_uint64_t index,
                                 const std::filesystem::path& path, const std::string& name) {
  const Entry entry(zip_fopen_index(archive, index, 0));
  if (entry == nullptr) Fail(path, "cannot read '" + name + "': " + zip_strerror(archive));
  std::vector<std::byte> bytes;
  while (true) {
    const std::size_t held = bytes.size();
    if (held > kEntryBytesMax) Fail(path, "'" + name + "' is beyond 2^30 numbers");
    bytes.resize(held + kPieceBytes);
    const zip_int64_t read = zip_fread(entry.get(), bytes.data() + held, kPieceBytes);
    if (read < 0) {
      Fail(path, "'" + name + "' is damaged: " + zip_file_strerror(entry.get()));
    }
    bytes.resize(held + static_cast<std::size_t>(read));
    if (read == 0) return bytes;  // libzip has compared the checksum by now
  }
}

}  // namespace

Columns ReadNpz(const std::filesystem::path& path) {
  const Archive archive = Open(path, ZIP_RDONLY | ZIP_CHECKCONS);
  Columns columns;
  for (const std::string_view key : kDataKeys) {
    const std::string name = std::string(key) + ".npy";
    const zip_int64_t index = zip_name_locate(archive.get(), name.c_str(), 0);
    if (index < 0) continue;
    auto column = DecodeNpy(ReadEntry(archive.get(), static_cast<zip_uint64_t>(index), path, name));
    if (!column.ok()) Fail(path, "'" + std::string(key) + "': " + column.error().message);
    columns.emplace(key, std::move(column).value());
  }
  return columns;
}

void WriteNpz(const std::filesystem::path& path, const Columns& columns) {
  // libzip writes beside it and renames when it is whole.
  Archive archive = Open(path, ZIP_CREATE | ZIP_TRUNCATE);
  std::list<std::vector<std::byte>> arrays;  // borrowed by libzip until the end
  for (const auto& [key, column] : columns) {
    const auto& bytes = arrays.emplace_back(EncodeNpy(column));
    zip_source_t* const source = zip_source_buffer(archive.get(), bytes.data(), bytes.size(), 0);
    const std::string name = key + ".npy";
    if (source == nullptr ||
        zip_file_add(archive.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8) < 0) {
      zip_source_free(source);
      Fail(path, "cannot hold '" + name + "': " + zip_strerror(archive.get()));
    }
  }
  if (zip_close(archive.get()) != 0) {
    Fail(path, std::string("cannot be written: ") + zip_strerror(archive.get()));
  }
  (void)archive.release();  // zip_close has freed it
}

}  // namespace dyna::cli
