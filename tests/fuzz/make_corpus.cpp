// dyna_make_corpus FOLDER: writes the seeds as FOLDER/TARGET/NAME.

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/seeds.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: dyna_make_corpus FOLDER\n");
    return 2;
  }
  const std::filesystem::path root = argv[1];
  bool written = true;
  dyna::fuzz::MakeSeeds(
      [&](const std::string& target, const std::string& name, const dyna::fuzz::Bytes& input) {
        std::filesystem::create_directories(root / target);
        std::ofstream file(root / target / name, std::ios::binary);
        file.write(reinterpret_cast<const char*>(input.data()),
                   static_cast<std::streamsize>(input.size()));
        written = written && file.flush().good();
      });
  if (!written) std::fprintf(stderr, "cannot write below '%s'\n", argv[1]);
  return written ? 0 : 1;
}
