#include "cli/data/npy.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace dyna::cli {
namespace {

std::vector<std::byte> Bytes(const std::string& text) {
  std::vector<std::byte> bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

/// A file of version 1 with this header and data.
std::vector<std::byte> Npy(const std::string& header, const std::string& data) {
  std::string text = std::string("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(header.size() % 256);
  text += static_cast<char>(header.size() / 256);
  return Bytes(text + header + data);
}

std::string MessageOf(const std::vector<std::byte>& bytes) {
  const auto column = DecodeNpy(bytes);
  return column.ok() ? "no error" : column.error().message;
}

TEST(NpyTest, WhatIsWrittenIsReadBack) {
  const Column reals{.shape = {2, 3}, .values = {1.5F, -2.0F, 0.0F, 3e30F, 4.25F, -5.0F}};
  const Column indices{.shape = {3}, .values = {0, 7, 3}, .type = Column::Type::kInt64};
  const Column flags{.shape = {2, 1}, .values = {1, 0}, .type = Column::Type::kBool};
  const Column none{.shape = {0, 4}};
  for (const Column& column : {reals, indices, flags, none}) {
    const auto bytes = EncodeNpy(column);
    const auto read = DecodeNpy(bytes);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read.value(), column);
  }
}

// numpy.save(file, numpy.array([[1, 2], [3, 4]], dtype="<i2", order="F")), by hand.
TEST(NpyTest, FortransOrderIsTurnedIntoRows) {
  const auto bytes = Npy("{'descr': '<i2', 'fortran_order': True, 'shape': (2, 2), }\n",
                         std::string("\x01\x00\x03\x00\x02\x00\x04\x00", 8));
  const auto column = DecodeNpy(bytes);
  ASSERT_TRUE(column.ok()) << column.error().message;
  EXPECT_EQ(column.value().values, (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(column.value().shape, (std::vector<std::int64_t>{2, 2}));
}

TEST(NpyTest, EveryTruncationIsRefused) {
  const auto bytes = EncodeNpy({.shape = {2, 3}, .values = {1, 2, 3, 4, 5, 6}});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeNpy(std::span(bytes).first(size)).ok()) << size;
  }
}

TEST(NpyTest, WhatIsWrongIsSaid) {
  EXPECT_EQ(MessageOf(Bytes("PK")), "it is no NumPy array, or its header is cut off");
  EXPECT_EQ(MessageOf(Npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", "x")),
            "it has type '|O', not little-endian booleans, integers, float32 or "
            "float64");
  EXPECT_EQ(MessageOf(Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", "xxxx")),
            "shape [2] of <f4 does not fit its 4 bytes of data");
  EXPECT_EQ(MessageOf(Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }\n", "")),
            "its header has no shape");
  EXPECT_EQ(MessageOf(Npy("{'descr': '<f4', 'shape': (1,), }\n", "xxxx")),
            "its header lacks descr, fortran_order or shape");
  const std::string huge = "(4294967296, 4294967296)";
  EXPECT_NE(MessageOf(Npy("{'descr': '<f8', 'fortran_order': False, 'shape': " + huge + "}", "")),
            "no error");
}

}  // namespace
}  // namespace dyna::cli
