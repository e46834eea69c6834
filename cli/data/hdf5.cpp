#include "cli/data/hdf5.hpp"

#include <hdf5.h>

#include <array>
#include <string>
#include <system_error>

namespace dyna::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kAxesMax = 8;

[[noreturn]] void Fail(const fs::path& path, const std::string& what) {
  throw DataError("'" + path.string() + "': " + what);
}

/// An HDF5 object, closed by the function for its kind.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  hid_t id() const noexcept { return id_; }
  bool ok() const noexcept { return id_ >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

bool HasLink(hid_t group, const std::string& name) {
  return H5Lexists(group, name.c_str(), H5P_DEFAULT) > 0;
}

/// h5py stores a boolean as an enumeration of bytes, which HDF5 does not convert to a number.
bool IsBoolean(hid_t type) { return H5Tget_class(type) == H5T_ENUM && H5Tget_size(type) == 1; }

std::vector<std::int64_t> ShapeOf(const Handle& space, const fs::path& path,
                                  const std::string& name) {
  const int axes = H5Sget_simple_extent_ndims(space.id());
  std::array<hsize_t, kAxesMax> sizes{};
  if (axes < 0 || axes > kAxesMax ||
      H5Sget_simple_extent_dims(space.id(), sizes.data(), nullptr) < 0) {
    Fail(path, "'" + name + "' has no shape, or more than 8 axes");
  }
  std::vector<std::int64_t> shape;
  for (int i = 0; i < axes; ++i) {
    shape.push_back(static_cast<std::int64_t>(sizes[static_cast<std::size_t>(i)]));
  }
  if (ValuesIn(shape) < 0) Fail(path, "'" + name + "' is beyond 2^30 numbers");
  return shape;
}

Column ReadColumn(hid_t group, const std::string& key, const fs::path& path,
                  const std::string& name) {
  const Handle set(H5Dopen2(group, key.c_str(), H5P_DEFAULT), H5Dclose);
  if (!set.ok()) {
    Fail(path, "'" + name + "' is no array; dictionaries of observations or actions are not read");
  }
  const Handle type(H5Dget_type(set.id()), H5Tclose);
  const Handle space(H5Dget_space(set.id()), H5Sclose);
  const H5T_class_t kind = H5Tget_class(type.id());
  const bool boolean = IsBoolean(type.id());
  if (!boolean && kind != H5T_FLOAT && kind != H5T_INTEGER) {
    Fail(path, "'" + name + "' holds neither numbers nor booleans");
  }
  Column column{.shape = ShapeOf(space, path, name)};
  column.values.resize(static_cast<std::size_t>(ValuesIn(column.shape)));
  herr_t read = 0;
  if (boolean) {
    std::vector<std::uint8_t> flags(column.values.size());
    read = H5Dread(set.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, flags.data());
    column.values.assign(flags.begin(), flags.end());
    column.type = Column::Type::kBool;
  } else {
    read = H5Dread(set.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, column.values.data());
    if (kind == H5T_INTEGER) column.type = Column::Type::kInt64;
  }
  if (read < 0) Fail(path, "'" + name + "' is cut off or damaged");
  return column;
}

Columns ReadKeys(hid_t group, const fs::path& path, const std::string& prefix) {
  Columns columns;
  for (const std::string_view key : kDataKeys) {
    const std::string name(key);
    if (HasLink(group, name)) columns.emplace(name, ReadColumn(group, name, path, prefix + name));
  }
  return columns;
}

void WriteColumn(const Handle& file, const std::string& key, const Column& column,
                 const fs::path& path) {
  std::vector<hsize_t> sizes;
  for (const std::int64_t axis : column.shape) sizes.push_back(static_cast<hsize_t>(axis));
  const bool boolean = column.type == Column::Type::kBool;
  // A boolean as h5py has it: an enumeration of FALSE and TRUE.
  const Handle flag(H5Tenum_create(H5T_NATIVE_INT8), H5Tclose);
  const std::array<std::int8_t, 2> values = {0, 1};
  H5Tenum_insert(flag.id(), "FALSE", values.data());
  H5Tenum_insert(flag.id(), "TRUE", values.data() + 1);
  const hid_t stored = boolean                               ? flag.id()
                       : column.type == Column::Type::kInt64 ? H5T_STD_I64LE
                                                             : H5T_IEEE_F32LE;
  const Handle space(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr),
                     H5Sclose);
  const Handle set(
      H5Dcreate2(file.id(), key.c_str(), stored, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
      H5Dclose);
  herr_t written = -1;
  if (set.ok() && boolean) {
    const std::vector<std::int8_t> flags(column.values.begin(), column.values.end());
    written = H5Dwrite(set.id(), flag.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, flags.data());
  } else if (set.ok()) {
    written =
        H5Dwrite(set.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, column.values.data());
  }
  if (written < 0) Fail(path, "cannot be written: '" + key + "' does not go in");
}

}  // namespace

Hdf5Data ReadHdf5(const fs::path& path) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // we say what went wrong ourselves
  const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!file.ok()) Fail(path, "is no HDF5 file that can be read, or is cut off");
  Hdf5Data data{.minari = HasLink(file.id(), "episode_0")};
  if (!data.minari) {
    data.parts.push_back(ReadKeys(file.id(), path, ""));
    return data;
  }
  for (std::size_t i = 0;; ++i) {
    const std::string name = "episode_" + std::to_string(i);
    if (!HasLink(file.id(), name)) return data;
    const Handle group(H5Gopen2(file.id(), name.c_str(), H5P_DEFAULT), H5Gclose);
    if (!group.ok()) Fail(path, "'" + name + "' is no group of arrays");
    data.parts.push_back(ReadKeys(group.id(), path, name + "/"));
  }
}

void WriteHdf5(const fs::path& path, const Columns& columns) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  const fs::path part = path.string() + ".part";
  std::error_code error;
  try {
    const Handle file(H5Fcreate(part.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
    if (!file.ok()) Fail(path, "cannot be written");
    for (const auto& [key, column] : columns) WriteColumn(file, key, column, path);
    if (H5Fflush(file.id(), H5F_SCOPE_GLOBAL) < 0) Fail(path, "cannot be written to the disk");
  } catch (const DataError&) {
    fs::remove(part, error);
    throw;
  }
  fs::rename(part, path, error);
  if (error) Fail(path, "cannot be written: " + error.message());
}

}  // namespace dyna::cli
