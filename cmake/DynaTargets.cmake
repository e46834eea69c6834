# dyna_library, dyna_executable and dyna_test: one call per folder.

add_library(dyna_flags INTERFACE)
target_include_directories(dyna_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(dyna_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -fno-omit-frame-pointer
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  # GCC 12 sees overlapping copies in inlined std::string operations that are none (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${DYNA_WERROR}>:-Werror>)
# Fused multiply-add would make results depend on the compiler: golden files and
# byte-identical reruns need plain IEEE arithmetic.
target_compile_options(dyna_flags INTERFACE -ffp-contract=off)
if(DYNA_SANITIZE)
  add_compile_options(-fsanitize=${DYNA_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DYNA_SANITIZE})
  # Instrumented, GCC 12 also sees uninitialised members inside std::regex that are none.
  target_compile_options(dyna_flags INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()

# Torch-free targets share a precompiled header too: Eigen, and GoogleTest for tests, are two
# thirds of what a small file costs. The clang preset builds without, so that no file comes to
# depend on what it happens to include.
function(_dyna_pch name)
  file(WRITE ${CMAKE_BINARY_DIR}/${name}.cpp "")
  add_library(${name} STATIC ${CMAKE_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PUBLIC dyna_flags Eigen3::Eigen)
  target_precompile_headers(${name} PRIVATE
    <Eigen/Core> <algorithm> <functional> <map> <memory> <optional> <sstream> <string> <vector>)
endfunction()
_dyna_pch(dyna_pch)
if(DYNA_BUILD_TESTS)
  _dyna_pch(dyna_test_pch)
  target_link_libraries(dyna_test_pch PUBLIC GTest::gtest)
  target_precompile_headers(dyna_test_pch PRIVATE <gtest/gtest.h>)
endif()

# The torch firewall: one header of it costs 12 s and 1.1 GB, so torch targets
# share one precompiled header and compile at most two at a time.
if(DYNA_WITH_TORCH)
  set_property(GLOBAL APPEND PROPERTY JOB_POOLS torch_pool=2)
  file(WRITE ${CMAKE_BINARY_DIR}/dyna_torch_pch.cpp "")
  add_library(dyna_torch_pch STATIC ${CMAKE_BINARY_DIR}/dyna_torch_pch.cpp)
  target_link_libraries(dyna_torch_pch PUBLIC dyna_flags ${TORCH_LIBRARIES} Threads::Threads)
  target_include_directories(dyna_torch_pch SYSTEM PUBLIC ${TORCH_INCLUDE_DIRS})
  target_precompile_headers(dyna_torch_pch PRIVATE <torch/torch.h>)
endif()

function(_dyna_use_torch target)
  target_link_libraries(${target} PUBLIC dyna_torch_pch)
  target_precompile_headers(${target} REUSE_FROM dyna_torch_pch)
  set_target_properties(${target} PROPERTIES JOB_POOL_COMPILE torch_pool)
endfunction()

# dyna_library(NAME [TORCH] SOURCES ... DEPS ...)
# One per folder. TORCH libraries are skipped when DYNA_WITH_TORCH is off.
function(dyna_library name)
  cmake_parse_arguments(ARG "TORCH" "" "SOURCES;DEPS" ${ARGN})
  if(ARG_TORCH AND NOT DYNA_WITH_TORCH)
    return()
  endif()
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC dyna_flags ${ARG_DEPS})
  if(ARG_TORCH)
    _dyna_use_torch(${name})
  else()
    target_precompile_headers(${name} REUSE_FROM dyna_pch)
  endif()
endfunction()

# dyna_executable(NAME [TORCH] SOURCES ... DEPS ...)
function(dyna_executable name)
  cmake_parse_arguments(ARG "TORCH" "" "SOURCES;DEPS" ${ARGN})
  if(ARG_TORCH AND NOT DYNA_WITH_TORCH)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE dyna_flags ${ARG_DEPS})
  if(ARG_TORCH)
    target_link_libraries(${name} PRIVATE dyna_torch_pch)
    target_precompile_headers(${name} REUSE_FROM dyna_torch_pch)
    set_target_properties(${name} PROPERTIES JOB_POOL_COMPILE torch_pool)
  elseif(NOT "GTest::gtest_main" IN_LIST ARG_DEPS)
    target_precompile_headers(${name} REUSE_FROM dyna_pch)
  endif()
endfunction()

# dyna_test(NAME [TORCH] SOURCES ... DEPS ...)
# One gtest binary per tested folder; each TEST becomes a ctest of its own.
# DYNA_TEST_DATA and DYNA_SOURCE_DIR tell a test where the checkout is.
function(dyna_test name)
  cmake_parse_arguments(ARG "TORCH" "" "SOURCES;DEPS" ${ARGN})
  if(ARG_TORCH AND NOT DYNA_WITH_TORCH)
    return()
  endif()
  if(ARG_TORCH)
    dyna_executable(${name} TORCH SOURCES ${ARG_SOURCES} DEPS ${ARG_DEPS} GTest::gtest_main)
  else()
    dyna_executable(${name} SOURCES ${ARG_SOURCES} DEPS ${ARG_DEPS} GTest::gtest_main)
    target_precompile_headers(${name} REUSE_FROM dyna_test_pch)
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_compile_definitions(${name} PRIVATE
    DYNA_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data" DYNA_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600)
endfunction()

# dyna_embed(OUTPUT_VARIABLE HEADER h NAMESPACE n TYPE t FUNCTION f [STEMS] FILES ...)
# A source that holds the texts of files (cmake/EmbedTexts.cmake) by their names, with STEMS without
# extension.
function(dyna_embed variable)
  cmake_parse_arguments(ARG "STEMS" "HEADER;NAMESPACE;TYPE;FUNCTION" "FILES" ${ARGN})
  set(part NAME)
  if(ARG_STEMS)
    set(part NAME_WE)
  endif()
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_texts.cpp)
  list(JOIN ARG_FILES "," joined)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFILES=${joined} -DPART=${part}
            -DHEADER=${ARG_HEADER} -DNAMESPACE=${ARG_NAMESPACE} -DTYPE=${ARG_TYPE}
            -DFUNCTION=${ARG_FUNCTION} -P ${CMAKE_SOURCE_DIR}/cmake/EmbedTexts.cmake
    DEPENDS ${ARG_FILES} ${CMAKE_SOURCE_DIR}/cmake/EmbedTexts.cmake
    COMMENT "Embedding files of ${CMAKE_CURRENT_SOURCE_DIR}" VERBATIM)
  set(${variable} ${output} PARENT_SCOPE)
endfunction()
