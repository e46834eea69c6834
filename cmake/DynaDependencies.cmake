# Third-party libraries, all packaged by Debian 12 (deploy/setup.sh installs them).

find_package(Threads REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(cereal REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)

if(DYNA_WITH_TORCH)
  find_package(Torch REQUIRED)  # 1.13 from Debian; 2.x by CMAKE_PREFIX_PATH
endif()

if(DYNA_BUILD_TESTS)
  find_package(GTest REQUIRED)
  find_package(benchmark REQUIRED)
  include(GoogleTest)
endif()
