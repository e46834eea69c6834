#include "cli/export/npz_file.hpp"

#include <zlib.h>

#include <functional>
#include <limits>
#include <numeric>

#include "common/core/check.hpp"

namespace dyna::cli {
namespace {

constexpr std::uint16_t kZipVersion = 20;
constexpr std::uint16_t kFirstOfJanuary1980 = (1 << 5) | 1;  // DOS date: the earliest there is

void Put16(std::string& out, std::size_t value) {
  out += static_cast<char>(value & 0xFF);
  out += static_cast<char>((value >> 8) & 0xFF);
}

void Put32(std::string& out, std::size_t value) {
  Put16(out, value & 0xFFFF);
  Put16(out, (value >> 16) & 0xFFFF);
}

/// What the local header and the central directory say alike, from "version needed" on.
std::string CommonHeader(const std::string& name, const std::string& bytes) {
  const auto crc =
      ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
  std::string out;
  Put16(out, kZipVersion);
  Put16(out, 0);  // flags
  Put16(out, 0);  // stored
  Put16(out, 0);  // time
  Put16(out, kFirstOfJanuary1980);
  Put32(out, crc);
  Put32(out, bytes.size());
  Put32(out, bytes.size());
  Put16(out, name.size());
  Put16(out, 0);  // extra field
  return out;
}

}  // namespace

void NpzFile::Add(const std::string& name, std::span<const float> values,
                  const std::vector<std::int64_t>& shape) {
  DYNA_CHECK(std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>()) ==
             static_cast<std::int64_t>(values.size()));
  std::string tuple;
  for (const auto size : shape) tuple += std::to_string(size) + ",";  // "(3,)" is Python's
  AddArray(name, "<f4", tuple, std::as_bytes(values));
}

void NpzFile::AddText(const std::string& name, std::string_view text) {
  const std::vector<std::uint32_t> codes(text.begin(), text.end());
  AddArray(name, "<U" + std::to_string(codes.size()), "", std::as_bytes(std::span(codes)));
}

void NpzFile::AddArray(const std::string& name, const std::string& type, const std::string& shape,
                       std::span<const std::byte> data) {
  std::string header =
      "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  const std::size_t before = 10;  // magic, version, length of the header
  header.append(64 - (before + header.size() + 1) % 64, ' ');
  header += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += '\1';
  bytes += '\0';
  Put16(bytes, header.size());
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(data.data()), data.size());
  members_.push_back({.name = name + ".npy", .bytes = std::move(bytes)});
}

std::string NpzFile::Bytes() const {
  std::string archive;
  std::string directory;
  for (const auto& member : members_) {
    const std::string common = CommonHeader(member.name, member.bytes);
    const std::size_t offset = archive.size();
    archive += "PK\3\4" + common + member.name + member.bytes;
    directory += "PK\1\2";
    Put16(directory, kZipVersion);
    directory += common;
    Put16(directory, 0);  // comment
    Put16(directory, 0);  // disk
    Put16(directory, 0);  // attributes
    Put32(directory, 0);
    Put32(directory, offset);
    directory += member.name;
  }
  const std::size_t start = archive.size();
  // Without the zip64 extension sizes and offsets have 32 bits; a policy is far below that.
  DYNA_CHECK(start + directory.size() < std::numeric_limits<std::uint32_t>::max());
  archive += directory + "PK\5\6";
  Put16(archive, 0);  // disks
  Put16(archive, 0);
  Put16(archive, members_.size());
  Put16(archive, members_.size());
  Put32(archive, directory.size());
  Put32(archive, start);
  Put16(archive, 0);  // comment
  return archive;
}

}  // namespace dyna::cli
