# How every translation unit is compiled: warnings that stop the build, fast linker, ccache, sanitizers.
find_program(TERTULIA_CCACHE ccache)
if(TERTULIA_CCACHE)
  # With precompiled headers ccache must not ask for time stamps.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true ${TERTULIA_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()
find_package(Threads REQUIRED)

add_library(tertulia_options INTERFACE)
target_compile_options(tertulia_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  -Wold-style-cast -Wunused -Woverloaded-virtual -Werror -fno-strict-aliasing)
target_compile_options(tertulia_options INTERFACE -pthread)   # all alike, so that they can share a precompiled header
target_compile_definitions(tertulia_options INTERFACE TERTULIA_VERSION="${PROJECT_VERSION}")
target_include_directories(tertulia_options INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
target_link_libraries(tertulia_options INTERFACE Threads::Threads)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12.2 loses stores from -O1 on when a chrono::time_point member is copied and then read for a push_back
  # (docs/decisions/0003-compiler.md).  Without the mod/ref analysis the code is right.
  target_compile_options(tertulia_options INTERFACE -fno-ipa-modref)
  # At -O2 g++ 12 warns of the unused alternatives of moved std::variant and std::optional values.  The address sanitizer and
  # clang's analysis look for the real ones.
  target_compile_options(tertulia_options INTERFACE -Wno-maybe-uninitialized)
endif()

if(CMAKE_UNITY_BUILD)
  # Presets that CI builds from nothing compile the files of a module together, and tidy reads them so; presets fast, clang
  # and fuzz compile each alone, which proves that it includes what it uses.  The warning is for headers, and takes the file
  # of a unity for one.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(tertulia_options INTERFACE -Wno-subobject-linkage)
  else()   # a local name is compared with the names of other files, too
    target_compile_options(tertulia_options INTERFACE -Wno-shadow)
  endif()
endif()

find_program(TERTULIA_MOLD mold)
if(TERTULIA_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_link_options(tertulia_options INTERFACE -fuse-ld=mold)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_link_options(tertulia_options INTERFACE -fuse-ld=lld)
endif()

if(TERTULIA_SANITIZE)
  target_compile_options(tertulia_options INTERFACE -fsanitize=${TERTULIA_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  # This sanitizer watches the product, not what tests do with it: of tests it would double the time to compile.
  target_compile_options(tertulia_options INTERFACE $<$<BOOL:$<TARGET_PROPERTY:TERTULIA_TEST>>:-fno-sanitize=undefined>)
  target_link_options(tertulia_options INTERFACE -fsanitize=${TERTULIA_SANITIZE})
endif()
