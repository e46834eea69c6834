# With ccache installed, what another checkout or an earlier build has compiled is not compiled again.
#
# Paths below the source folder are hashed relative to it, so that checkouts share; the two
# sloppinesses are what ccache needs before it caches users of a precompiled header. clang++ checks the
# times of the files in a precompiled header, which no cache can keep: not cached.
find_program(DYNA_CCACHE ccache DOC "Compiler cache, used if there; empty: none")
if(DYNA_CCACHE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    ${DYNA_CCACHE})
endif()
