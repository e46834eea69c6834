# Third-party libraries, all packaged by Debian 12 (deploy/setup.sh installs them).

find_package(Threads REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(cereal REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED)  # 1.0.1 from Debian; newer ones too

find_package(cppzmq REQUIRED)
# The macros that Debian's cpp-httplib was compiled with are in its pkg-config file only.
find_package(PkgConfig REQUIRED)
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)

# The ONNX messages and their protobuf runtime, for `dyna export`; LibTorch links them too.
find_package(Protobuf REQUIRED)
find_package(ONNX REQUIRED)
find_package(ZLIB REQUIRED)
# Files of transitions: .npz is a zip archive, D4RL and Minari have HDF5.
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(hdf5 REQUIRED IMPORTED_TARGET hdf5-serial)

if(DYNA_WITH_TORCH)
  find_package(Torch REQUIRED)  # 1.13 from Debian; 2.x by CMAKE_PREFIX_PATH
endif()

# MuJoCo 2.2.2 or newer: Debian's libmujoco-dev, or a release by CMAKE_PREFIX_PATH. Debian's own
# CMake package asks for OpenGL and names an include folder that does not exist, so it is not used.
find_path(MUJOCO_INCLUDE_DIR mujoco/mujoco.h)
find_library(MUJOCO_LIBRARY mujoco)
set(DYNA_HAS_MUJOCO OFF)
if(DYNA_WITH_MUJOCO AND MUJOCO_INCLUDE_DIR AND MUJOCO_LIBRARY)
  set(DYNA_HAS_MUJOCO ON)
  add_library(dyna_mujoco INTERFACE)
  target_include_directories(dyna_mujoco SYSTEM INTERFACE ${MUJOCO_INCLUDE_DIR})
  target_link_libraries(dyna_mujoco INTERFACE ${MUJOCO_LIBRARY})
elseif(DYNA_WITH_MUJOCO STREQUAL "AUTO")
  message(STATUS "MuJoCo not found: building without its environments (deploy/setup.sh installs it)")
elseif(DYNA_WITH_MUJOCO)
  message(FATAL_ERROR "DYNA_WITH_MUJOCO=${DYNA_WITH_MUJOCO}, but MuJoCo was not found: install it "
    "(deploy/setup.sh does) or name its folder with -DCMAKE_PREFIX_PATH=DIR")
endif()

if(DYNA_BUILD_TESTS)
  find_package(GTest REQUIRED)
  find_package(benchmark REQUIRED)
  include(GoogleTest)
endif()
